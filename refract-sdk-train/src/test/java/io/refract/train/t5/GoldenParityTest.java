package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.optim.Objective;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds every form of T5 against what Hugging Face transformers computes. Ids must be equal.
 *
 * <p>Floats may differ by rounding: with values of about 10 and sums over some tens of terms, both
 * libraries are within a few units of the sixth digit of the exact result.
 */
class GoldenParityTest {

  private static final float LOGITS = 2e-4f;
  private static final float LOSS = 1e-5f;

  /**
   * Relative to the largest element of the gradient, whose small elements are sums of large ones.
   */
  private static final float GRADIENT = 2e-5f;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1_0",
        "v1_1",
        "inner_width",
        "uneven",
        "bf16",
        "f16",
        "sharded",
        "mt5",
        "erf_gelu",
        "five_saved",
        "five_fresh"
      })
  void logits_loss_gradients_and_greedy_ids_are_those_of_transformers(String form)
      throws IOException {
    Golden golden = Golden.load(form);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5ArrayNetwork network = golden.network(manager);
      for (int i = 0; i < golden.batches().size(); i++) {
        GoldenBatch batch = golden.batches().get(i);
        float[] expected = golden.expected(i + ".logits");
        GradMode.off(() -> checkForward(network, batch, expected));
        GradMode.off(() -> checkGreedy(golden, network, batch));
      }
      GradMode.on(() -> checkGradients(golden, network));
    }
  }

  private static boolean checkForward(
      T5ArrayNetwork network, GoldenBatch golden, float[] expectedLogits) {
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = network.encode(scope, golden.batch(), Dropout.NONE);
      NDArray logits = network.logits(encoded, golden.batch(), Dropout.NONE);
      assertThat(logits.toFloatArray()).containsExactly(expectedLogits, within(LOGITS));
      NDArray loss =
          network.lossSum(encoded, golden.batch(), Dropout.NONE, Objective.CROSS_ENTROPY);
      assertThat(loss.getFloat() / golden.batch().targetTokens())
          .isCloseTo(golden.loss(), within(LOSS * golden.loss()));
    }
    return true;
  }

  private static boolean checkGreedy(Golden golden, T5ArrayNetwork network, GoldenBatch batch) {
    T5Config config = T5Config.load(golden.directory());
    GenerationConfig generation =
        GenerationConfig.load(
            golden.directory(),
            new GenerationConfig(
                config.decoderStartTokenId(), config.eosTokenIds(), config.padTokenId(), Map.of()));
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = network.encode(scope, batch.batch(), Dropout.NONE);
      try (StepDecoder decoder = network.stepDecoder(encoded, golden.maxNewTokens())) {
        List<int[]> ids =
            Golden.greedy(scope, decoder, batch.batch(), generation, golden.maxNewTokens());
        for (int row = 0; row < batch.rows(); row++) {
          assertThat(ids.get(row))
              .containsExactly(
                  batch.generated().get(row).stream().mapToInt(Integer::intValue).toArray());
        }
      }
    }
    return true;
  }

  private static boolean checkGradients(Golden golden, T5ArrayNetwork network) {
    GoldenBatch batch = golden.batches().get(0);
    network.parameters().values().forEach(p -> p.setRequiresGradient(true));
    try (NDManager scope = network.manager().newSubManager()) {
      NDArray mean =
          network
              .lossSum(scope, batch.batch(), Dropout.NONE, Objective.CROSS_ENTROPY)
              .div(batch.batch().targetTokens());
      JniUtils.backward((PtNDArray) mean, (PtNDArray) mean.onesLike(), false, false);
    }
    Map<String, NDArray> stored = new LinkedHashMap<>(network.parameters());
    if (golden.directory().endsWith("five_fresh")) {
      stored.remove(T5Parameters.OUTPUT);
    }
    stored.forEach(
        (name, parameter) -> {
          try (NDManager scope = network.manager().newSubManager()) {
            NDArray gradient = gradient(scope, golden, parameter, network, name);
            float[] expected = golden.expected("gradient." + name);
            float largest = 0;
            for (float value : expected) {
              largest = Math.max(largest, Math.abs(value));
            }
            assertThat(gradient.toFloatArray())
                .as(name)
                .containsExactly(expected, within(Math.max(largest, 1e-3f) * GRADIENT));
          }
        });
    return true;
  }

  /**
   * Returns the gradient of a parameter. Transformers 5 ties the output layer of a model that it
   * made afresh, so that its embedding has the gradients of both.
   */
  private static NDArray gradient(
      NDManager scope, Golden golden, NDArray parameter, T5ArrayNetwork network, String name) {
    NDArray gradient = parameter.getGradient();
    gradient.attach(scope);
    boolean tiedThere = golden.directory().endsWith("five_fresh");
    if (!tiedThere || !name.equals(T5Parameters.SHARED)) {
      return gradient;
    }
    NDArray output = T5Parameters.get(network.parameters(), T5Parameters.OUTPUT).getGradient();
    output.attach(scope);
    return gradient.add(output);
  }
}
