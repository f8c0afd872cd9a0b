package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The gradients that the engine accumulated in parameters, taken together. */
public final class Gradients {

  /** Keeps the division finite; the value of {@code torch.nn.utils.clip_grad_norm_}. */
  private static final double EPSILON = 1e-6;

  private Gradients() {}

  /**
   * Returns the gradients in the order of the parameters; changes to them are seen by the engine.
   *
   * @param scope what the handles are allocated under
   * @param parameters the parameters; each requires gradients
   */
  static List<NDArray> of(NDManager scope, Collection<NDArray> parameters) {
    List<NDArray> gradients = new ArrayList<>(parameters.size());
    for (NDArray parameter : parameters) {
      NDArray gradient = parameter.getGradient();
      gradient.attach(scope);
      gradients.add(gradient);
    }
    return gradients;
  }

  /**
   * Returns the Euclidean norm of all gradients as if they were one vector.
   *
   * @param step what intermediate arrays are allocated under
   * @param parameters the parameters; each requires gradients
   */
  public static double norm(NDManager step, Collection<NDArray> parameters) {
    try (NDManager scope = step.newSubManager()) {
      double squares = 0;
      for (float norm : Norms.of(scope, of(scope, parameters))) {
        squares += (double) norm * norm;
      }
      return Math.sqrt(squares);
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
