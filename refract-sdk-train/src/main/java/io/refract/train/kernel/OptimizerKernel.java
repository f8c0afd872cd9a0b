package io.refract.train.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an update does with all parameters at once: one call for hundreds of arrays.
 *
 * <p>Arrays are changed in place in the engine's inference mode, so parameters that require
 * gradients stay what they are. Thread-safe for disjoint arrays.
 */
public final class OptimizerKernel {

  static final Script SCRIPT =
      new Script(
          "optimizer",
          """
            def adamw(self,
              w: List[Tensor],
              g: List[Tensor],
              m: List[Tensor],
              v: List[Tensor],
              s: List[Tensor],
              scale: Tensor,
              lr: float,
              beta1: float,
              beta2: float,
              decay: float,
              eps: float) -> None:
              torch._fused_adamw_(w, g, m, v, annotate(List[Tensor], []), s, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=scale)
              return None
            def norms(self, t: List[Tensor]) -> Tensor:
              return torch.stack(torch._foreach_norm(t, 2))
          """);

  private static final SharedLibrary LIBRARY =
      new SharedLibrary(SCRIPT, "Updates are made parameter by parameter, which takes longer");

  private final ScriptLibrary library;

  /** The numbers of an AdamW update. */
  public record AdamWRates(
      double learningRate, double beta1, double beta2, double weightDecay, double epsilon) {}

  private OptimizerKernel(ScriptLibrary library) {
    this.library = library;
  }

  /** Returns the kernel, or empty on a platform where it does not load. */
  public static Optional<OptimizerKernel> find() {
    return LIBRARY.get().map(OptimizerKernel::new);
  }

  /**
   * Makes an update of AdamW with the engine's fused operation.
   *
   * <p>All lists have the same length and order, and all their arrays are float32 on one device.
   *
   * @param scope what the arrays of this call are allocated under; its device is that of the lists
   * @param weights the parameters; changed
   * @param gradients their gradients; changed, they are multiplied with {@code gradientScale}
   * @param means running means of the gradients; changed
   * @param variances running means of the squared gradients; changed
   * @param step the number of this update, from 1, for the correction of the bias
   * @param gradientScale what every gradient is multiplied with first, greater than 0
   * @param rates the numbers
   */
  public void adamW(
      NDManager scope,
      List<NDArray> weights,
      List<NDArray> gradients,
      List<NDArray> means,
      List<NDArray> variances,
      int step,
      double gradientScale,
      AdamWRates rates) {
    // The engine divides by the scale, which is meant to undo the scaling of a loss.
    try (NDArray divisor = scope.create((float) (1 / gradientScale));
        NDArray stepNumber = scope.create((float) step)) {
      PtNDArray[] steps = new PtNDArray[weights.size()];
      Arrays.fill(steps, (PtNDArray) stepNumber);
      IValue[] arguments = {
        list(weights),
        list(gradients),
        list(means),
        list(variances),
        IValue.listFrom(steps),
        IValue.from((PtNDArray) divisor),
        IValue.from(rates.learningRate()),
        IValue.from(rates.beta1()),
        IValue.from(rates.beta2()),
        IValue.from(rates.weightDecay()),
        IValue.from(rates.epsilon())
      };
      run("adamw", arguments).close();
    }
  }

  /**
   * Returns the Euclidean norm of every array.
   *
   * @param scope what the result is allocated under
   * @param arrays at least one array, all on one device
   */
  public float[] norms(NDManager scope, List<NDArray> arrays) {
    try (IValue result = run("norms", list(arrays));
        NDArray norms = result.toTensor((PtNDManager) scope)) {
      return norms.toFloatArray();
    }
  }

  private IValue run(String method, IValue... arguments) {
    try {
      return library.run(method, arguments);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  private static IValue list(List<NDArray> arrays) {
    return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
  }
}
