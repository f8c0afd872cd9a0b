package io.refract.train.kernel;

import ai.djl.ndarray.NDArray;

/**
 * Matrix products whose factors are rounded to bfloat16: float32 goes in, float32 comes out, the
 * gradients are float32, and so are the weights between updates ("master weights").
 *
 * <p>The sums are made by the engine's bfloat16 product, which adds in float32 and rounds the
 * result to bfloat16. The backward pass does the same with the incoming gradient. Softmax, norms,
 * residuals and the loss are not meant to come here. Source: Micikevicius et al., "Mixed Precision
 * Training" (ICLR 2018); no loss scaling, since bfloat16 has the exponents of float32.
 *
 * <p>No bfloat16 array ever leaves the script: the Java side of the engine does not know the type.
 * Thread-safe.
 */
public final class Bf16 {

  static final Script SCRIPT =
      new Script(
          "bf16",
          """
            def linear(self, x: Tensor, w: Tensor) -> Tensor:
              return torch.to(torch.linear(torch.to(x, %2$d), torch.to(w, %2$d)), %1$d)
            def matmul(self, a: Tensor, b: Tensor) -> Tensor:
              return torch.to(torch.matmul(torch.to(a, %2$d), torch.to(b, %2$d)), %1$d)
          """
              .formatted(Script.FLOAT32, Script.BFLOAT16));

  private static final SharedLibrary LIBRARY =
      new SharedLibrary(SCRIPT, "Computing in bfloat16 is not possible here");

  private Bf16() {}

  /** Returns whether this platform can compute in bfloat16 at all, be it fast or not. */
  public static boolean isAvailable() {
    return LIBRARY.get().isPresent();
  }

  /**
   * Returns {@code x weight^T}.
   *
   * @param x (..., in), float32; the result belongs to its manager
   * @param weight (out, in), float32
   * @return (..., out), float32
   * @throws IllegalStateException if {@link #isAvailable()} is false
   */
  public static NDArray linear(NDArray x, NDArray weight) {
    return library().call("linear", x, weight).singletonOrThrow();
  }

  /**
   * Returns the product of the last two dimensions, the others broadcast.
   *
   * @param a (..., n, k), float32; the result belongs to its manager
   * @param b (..., k, m), float32
   * @return (..., n, m), float32
   * @throws IllegalStateException if {@link #isAvailable()} is false
   */
  public static NDArray matmul(NDArray a, NDArray b) {
    return library().call("matmul", a, b).singletonOrThrow();
  }

  private static ScriptLibrary library() {
    return LIBRARY
        .get()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "This platform's PyTorch cannot compute in bfloat16 (the log says why). Use"
                        + " float32."));
  }
}
