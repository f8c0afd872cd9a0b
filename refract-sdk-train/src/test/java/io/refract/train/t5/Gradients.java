package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.t5.internal.T5Network;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gradients of a network's parameters, read and compared. */
final class Gradients {

  private Gradients() {}

  /** Returns the gradients of the parameters that are trained, by name, and sets them to zero. */
  static Map<String, float[]> take(T5Network network) {
    Map<String, float[]> all = new LinkedHashMap<>();
    network
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.hasGradient()) {
                try (NDArray gradient = parameter.getGradient()) {
                  all.put(name, gradient.toFloatArray());
                }
                JniUtils.zeroGrad((PtNDArray) parameter);
              }
            });
    return all;
  }

  /**
   * Asserts that no value differs by more than a share of its parameter's largest gradient, or of
   * 0.001 where that is larger.
   */
  static void assertClose(
      Map<String, float[]> actual, Map<String, float[]> expected, double tolerance) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, gradient) -> {
          float largest = 1e-3f;
          for (float value : gradient) {
            largest = Math.max(largest, Math.abs(value));
          }
          assertThat(actual.get(name))
              .as(name)
              .containsExactly(gradient, within((float) (largest * tolerance)));
        });
  }
}
