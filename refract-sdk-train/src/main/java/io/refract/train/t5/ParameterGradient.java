package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.t5.internal.GradMode;

/**
 * The gradient of a parameter that learns, for adding to it where it is. The engine has none before
 * a graph adds one; from then on the same array stays with the parameter. For one thread at a time.
 */
final class ParameterGradient {

  private final NDArray parameter;
  private boolean exists;

  ParameterGradient(NDArray parameter) {
    this.parameter = parameter;
  }

  /**
   * Returns the gradient that the engine adds to.
   *
   * @param scope what the handle belongs to
   */
  NDArray in(NDManager scope) {
    if (!exists) {
      addNothing();
      exists = true;
    }
    NDArray gradient = ((PtNDArray) parameter).getGradient();
    gradient.attach(scope);
    return gradient;
  }

  /** Lets a graph add zeros, so that there is a gradient afterwards whatever there was before. */
  private void addNothing() {
    GradMode.on(
        () -> {
          try (NDArray same = Layers.handle(parameter);
              NDArray zeros = parameter.zerosLike()) {
            JniUtils.backward((PtNDArray) same, (PtNDArray) zeros, false, false);
            return parameter;
          }
        });
  }
}
