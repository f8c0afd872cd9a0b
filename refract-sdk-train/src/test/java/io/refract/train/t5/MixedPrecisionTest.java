package io.refract.train.t5;

import static io.refract.train.optim.Objective.CROSS_ENTROPY;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In bfloat16 a model has nearly the same loss and gradients, and its weights stay float32. */
class MixedPrecisionTest {

  private record Outcome(double loss, Map<String, float[]> gradients) {}

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1"})
  void bf16_is_close_to_fp32(String form) throws IOException {
    Golden golden = Golden.load(form);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5Network network = golden.network(manager);
      Batch batch = golden.batches().get(0).batch();
      Outcome fp32 = backward(network, batch);
      for (boolean recompute : new boolean[] {false, true}) {
        Outcome bf16 = backward(network.with(new Execution(true, recompute)), batch);
        assertThat(bf16.loss()).isCloseTo(fp32.loss(), within(0.02 * fp32.loss()));
        assertThat(bf16.loss()).isNotEqualTo(fp32.loss());
        fp32.gradients()
            .forEach(
                (name, gradient) ->
                    assertSimilar(name, requireNonNull(bf16.gradients().get(name)), gradient));
      }
    }
  }

  /** Bfloat16 has 8 bits of precision; the angle between the gradients must be small. */
  private static void assertSimilar(String name, float[] actual, float[] expected) {
    double product = 0;
    double actualSquares = 0;
    double expectedSquares = 0;
    for (int i = 0; i < expected.length; i++) {
      product += (double) actual[i] * expected[i];
      actualSquares += (double) actual[i] * actual[i];
      expectedSquares += (double) expected[i] * expected[i];
    }
    assertThat(product / Math.sqrt(actualSquares * expectedSquares))
        .as("cosine of %s", name)
        .isGreaterThan(0.97);
    assertThat(Math.sqrt(actualSquares / expectedSquares))
        .as("norm of %s", name)
        .isCloseTo(1, within(0.2));
  }

  private static Outcome backward(T5Network network, Batch batch) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    network.parameters().values().forEach(p -> p.setRequiresGradient(true));
    double loss;
    try (NDManager step = network.manager().newSubManager()) {
      loss = network.backward(step, batch, Dropout.NONE, CROSS_ENTROPY).getFloat();
    }
    network
        .parameters()
        .forEach(
            (name, parameter) -> {
              assertThat(parameter.getDataType()).isEqualTo(DataType.FLOAT32);
              try (NDArray gradient = parameter.getGradient()) {
                gradients.put(name, gradient.toFloatArray());
              }
              JniUtils.zeroGrad((PtNDArray) parameter);
            });
    return new Outcome(loss, gradients);
  }
}
