package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.refract.train.optim.Objective;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels of a layer compute what the operations of the array form compute. */
class LayerOpsTest {

  /** The loss, and the gradient of every parameter. */
  private record Pass(float loss, Map<String, float[]> gradients) {}

  private static T5ArrayNetwork network(
      Golden golden, NDManager manager, boolean kernels, boolean bf16) {
    T5ConfigFile.Contents contents = T5ConfigFile.read(golden.directory());
    Execution execution = new Execution(bf16, false);
    LayerOps ops =
        kernels ? LayerOps.of(contents.config(), execution) : new ArrayOps(contents.config(), bf16);
    assertThat(ops instanceof KernelOps).isEqualTo(kernels);
    return new T5ArrayNetwork(
        contents.config(),
        manager,
        T5Weights.load(golden.directory(), contents, manager, WeightMemory.COPIED).parameters(),
        null,
        execution,
        ops);
  }

  private static Pass pass(Golden golden, boolean kernels, Dropout dropout, boolean bf16) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5ArrayNetwork network = network(golden, manager, kernels, bf16);
      network.parameters().values().forEach(p -> p.setRequiresGradient(true));
      GoldenBatch batch = golden.batches().get(0);
      float loss;
      try (NDManager scope = manager.newSubManager()) {
        loss =
            GradMode.on(
                () ->
                    network
                        .backward(scope, batch.batch(), dropout, Objective.CROSS_ENTROPY)
                        .getFloat());
      }
      return new Pass(loss, Gradients.take(network));
    }
  }

  private static void assertEqual(Pass actual, Pass expected, double tolerance) {
    assertThat((double) actual.loss())
        .isCloseTo(expected.loss(), within(expected.loss() * tolerance));
    Gradients.assertClose(actual.gradients(), expected.gradients(), tolerance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1", "inner_width", "uneven", "erf_gelu"})
  void loss_and_gradients_equal_those_of_the_array_form(String form) throws IOException {
    Golden golden = Golden.load(form);
    assertEqual(
        pass(golden, true, Dropout.NONE, false), pass(golden, false, Dropout.NONE, false), 2e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1"})
  void dropout_makes_the_same_zeros_and_the_same_scale(String form) throws IOException {
    Golden golden = Golden.load(form);
    Dropout dropout = Dropout.of(0.3, 11);
    Pass kernels = pass(golden, true, dropout, false);
    // The forms scale at different places, and these weights make much of the rounding: 2.2e-4 was
    // seen on one processor.
    assertEqual(kernels, pass(golden, false, dropout, false), 1e-3);
    Pass otherZeros = pass(golden, false, Dropout.of(0.3, 12), false);
    assertThatThrownBy(() -> assertEqual(kernels, otherZeros, 0.1))
        .isInstanceOf(AssertionError.class);
    assertThat(kernels.loss()).isNotEqualTo(pass(golden, true, Dropout.NONE, false).loss());
  }

  @Test
  void bfloat16_rounds_at_the_same_places() throws IOException {
    Golden golden = Golden.load("v1_1");
    assertEqual(
        pass(golden, true, Dropout.NONE, true), pass(golden, false, Dropout.NONE, true), 2e-2);
  }
}
