package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.kernel.GradientKernel;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients of a pass are the same whether the graph adds them or the end of the pass does. */
class WeightGradientsTest {

  /** 2 and 1 source tokens, 1 and 2 target tokens: few enough for a model of width 16. */
  private static final Batch SMALL =
      new Batch(
          2, 2, 2, new long[] {5, 1, 1, 0}, new long[] {1, 1, 1, 0}, new long[] {8, -100, 9, 1}, 3);

  /** The same, padded so far that it is too much for that. */
  private static final Batch PADDED =
      new Batch(
          2,
          9,
          9,
          new long[] {5, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
          new long[] {1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
          new long[] {
            8, -100, -100, -100, -100, -100, -100, -100, -100, 9, 1, -100, -100, -100, -100, -100,
            -100, -100
          },
          3);

  private int threads;
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager("PyTorch");
    threads = JniUtils.getNumThreads();
  }

  @AfterEach
  void close() {
    JniUtils.setNumThreads(threads);
    manager.close();
  }

  private Map<String, float[]> gradients(T5Network network, Batch batch) {
    return gradients(network, batch, Dropout.of(0, 1));
  }

  private Map<String, float[]> gradients(T5Network network, Batch batch, Dropout dropout) {
    try (NDManager step = manager.newSubManager()) {
      network.backward(step, batch, dropout, Objective.CROSS_ENTROPY).getFloat();
    }
    return Gradients.take(network);
  }

  @ParameterizedTest
  @CsvSource({"v1_0, 1", "v1_0, 2", "v1_1, 1", "v1_1, 2"})
  void few_rows_have_the_gradients_of_the_same_rows_among_many(String form, int count)
      throws IOException {
    JniUtils.setNumThreads(count);
    T5ArrayNetwork network = Golden.load(form).network(manager);
    network.parameters().values().forEach(p -> p.setRequiresGradient(true));
    Map<String, float[]> few = gradients(network, SMALL);
    assertThat(gradients(network, SMALL)).usingRecursiveComparison().isEqualTo(few);
    // With more threads, each part would lose its padding again.
    JniUtils.setNumThreads(1);
    Gradients.assertClose(few, gradients(network, PADDED), 2e-5);
  }

  /** What is computed twice leaves all gradients to the graph, and draws the same zeros. */
  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1"})
  void with_dropout_too_the_gradients_are_those_of_the_graph(String form) throws IOException {
    JniUtils.setNumThreads(1);
    T5ArrayNetwork network = Golden.load(form).network(manager);
    network.parameters().values().forEach(p -> p.setRequiresGradient(true));
    for (int seed = 0; seed < 20; seed++) {
      Dropout dropout = Dropout.of(0.3, seed);
      Map<String, float[]> few = gradients(network, SMALL, dropout);
      T5Network graph = network.with(new Execution(false, true));
      Gradients.assertClose(few, gradients(graph, SMALL, dropout), 2e-5);
    }
  }

  @Test
  void the_rows_of_all_parts_are_multiplied_into_the_gradient_at_once() {
    NDArray weight = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(3, 2));
    weight.setRequiresGradient(true);
    Linear layer = new Linear(weight, null, false);
    GradientKernel kernel = GradientKernel.find().orElseThrow();
    for (int pass = 1; pass <= 3; pass++) {
      try (NDManager scope = manager.newSubManager()) {
        WeightGradients first = new WeightGradients(kernel, scope);
        WeightGradients second = new WeightGradients(kernel, scope);
        backward(layer, first, row(scope, 1, 10));
        backward(layer, second, row(scope, 2, 20));
        assertThat(sum(weight)).isEqualTo(99 * (pass - 1));
        WeightGradients.add(List.of(first, second));
        assertThat(sum(weight)).isEqualTo(99 * pass);
      }
    }
    try (NDArray gradient = weight.getGradient()) {
      assertThat(gradient.toFloatArray()).containsExactly(9, 90, 9, 90, 9, 90);
    }
  }

  private static NDArray row(NDManager scope, float... values) {
    NDArray x = scope.create(values, new Shape(1, 1, values.length));
    x.setRequiresGradient(true);
    return x;
  }

  private static void backward(Linear layer, WeightGradients gradients, NDArray x) {
    GradMode.on(
        () -> {
          NDArray sum = layer.forward(x, new Pass(Dropout.NONE, gradients)).sum();
          JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
          return sum;
        });
  }

  private static float sum(NDArray weight) {
    try (NDArray gradient = weight.getGradient();
        NDArray sum = gradient.sum()) {
      return sum.getFloat();
    }
  }
}
