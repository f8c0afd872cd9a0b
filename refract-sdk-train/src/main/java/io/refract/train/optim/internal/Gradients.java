package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Collection;

/** The gradients that the engine accumulated in parameters, taken together. */
public final class Gradients {

  /** Keeps the division finite; the value of {@code torch.nn.utils.clip_grad_norm_}. */
  private static final double EPSILON = 1e-6;

  private Gradients() {}

  /**
   * Returns the Euclidean norm of all gradients as if they were one vector.
   *
   * @param step what intermediate arrays are allocated under
   * @param parameters the parameters; each requires gradients
   */
  public static double norm(NDManager step, Collection<NDArray> parameters) {
    try (NDManager scope = step.newSubManager()) {
      NDList norms = new NDList(parameters.size());
      for (NDArray parameter : parameters) {
        try (NDArray gradient = parameter.getGradient()) {
          NDArray norm = gradient.norm();
          norm.attach(scope);
          norms.add(norm);
        }
      }
      NDArray stacked = NDArrays.stack(norms);
      stacked.attach(scope);
      NDArray total = stacked.norm();
      total.attach(scope);
      return total.getFloat();
    }
  }

  /**
   * Returns what gradients are multiplied with so that their norm is at most {@code maximum}.
   *
   * <p>Source: {@code torch.nn.utils.clip_grad_norm_}.
   *
   * @param norm the norm of the gradients
   * @param maximum the largest norm allowed, or 0 for no limit
   * @return a factor, greater than 0 and at most 1
   */
  public static double clipFactor(double norm, double maximum) {
    return maximum == 0 ? 1.0 : Math.min(1.0, maximum / (norm + EPSILON));
  }

  /** Sets the gradients to zero; the engine adds to them otherwise. */
  public static void clear(Collection<NDArray> parameters) {
    for (NDArray parameter : parameters) {
      JniUtils.zeroGrad((PtNDArray) parameter);
    }
  }
}
