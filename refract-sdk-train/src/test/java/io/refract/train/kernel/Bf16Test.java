package io.refract.train.kernel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.primitives.Floats;
import com.google.gson.Gson;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of {@code src/test/python/optimizer_golden.py}. */
class Bf16Test {

  private record Golden(List<Product> products) {}

  private record Product(
      String kind, List<Values> factors, Values upstream, Values result, List<Values> gradients) {}

  private record Values(List<Integer> shape, List<Float> values) {

    NDArray in(NDManager manager) {
      return manager.create(
          Floats.toArray(values), new Shape(shape.stream().mapToLong(n -> n).toArray()));
    }
  }

  private static Golden golden() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            requireNonNull(Bf16Test.class.getResourceAsStream("/golden/bf16.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    }
  }

  private static NDArray product(String kind, NDArray a, NDArray b) {
    return kind.equals("linear") ? Bf16.linear(a, b) : Bf16.matmul(a, b);
  }

  /** The factors are such that their sums are exact, so the order of summation does not matter. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void products_and_gradients_are_those_of_torch_to_the_last_bit(int index) throws IOException {
    Product product = golden().products().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      List<NDArray> factors = product.factors().stream().map(f -> f.in(manager)).toList();
      factors.forEach(f -> f.setRequiresGradient(true));
      NDArray upstream = product.upstream().in(manager);
      NDArray result =
          GradMode.on(
              () -> {
                NDArray r = product(product.kind(), factors.get(0), factors.get(1));
                JniUtils.backward((PtNDArray) r, (PtNDArray) upstream, false, false);
                return r;
              });

      assertThat(result.getDataType()).isEqualTo(DataType.FLOAT32);
      assertThat(result.toFloatArray()).containsExactly(Floats.toArray(product.result().values()));
      for (int i = 0; i < 2; i++) {
        NDArray gradient = factors.get(i).getGradient();
        assertThat(gradient.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(gradient.toFloatArray())
            .containsExactly(Floats.toArray(product.gradients().get(i).values()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "matmul"})
  void products_are_close_to_those_in_float32(String kind) {
    Random random = new Random(3);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray a = normal(manager, random, 24, 64);
      NDArray b =
          normal(manager, random, kind.equals("linear") ? 32 : 64, kind.equals("linear") ? 64 : 32);
      NDArray exact = a.matMul(kind.equals("linear") ? b.transpose() : b);
      NDArray difference = product(kind, a, b).sub(exact);
      // bfloat16 keeps 8 bits: three roundings of 2^-9 each, some of which cancel in the sum.
      assertThat(difference.norm().getFloat() / exact.norm().getFloat()).isBetween(1e-4f, 1e-2f);
    }
  }

  @Test
  void sums_over_long_rows_do_not_lose_what_bfloat16_cannot_hold() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      // Adding ones in bfloat16 would stop at 256.
      NDArray ones = manager.ones(new Shape(1, 4096));
      assertThat(Bf16.linear(ones, ones).toFloatArray()).containsExactly(4096f);
    }
  }

  @Test
  void gradients_of_values_beyond_half_precision_are_finite() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray x = manager.create(new float[] {1e20f, 1e-20f}, new Shape(1, 2));
      NDArray weight = manager.create(new float[] {1e-10f, 1e10f}, new Shape(1, 2));
      x.setRequiresGradient(true);
      weight.setRequiresGradient(true);
      GradMode.on(
          () -> {
            NDArray r = Bf16.linear(x, weight);
            JniUtils.backward((PtNDArray) r, (PtNDArray) r.onesLike(), false, false);
            return r;
          });
      assertThat(weight.getGradient().toFloatArray())
          .satisfies(g -> assertThat(g[0]).isCloseTo(1e20f, within(1e18f)))
          .satisfies(g -> assertThat(g[1]).isCloseTo(1e-20f, within(1e-22f)));
    }
  }

  private static NDArray normal(NDManager manager, Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(rows, columns));
  }
}
