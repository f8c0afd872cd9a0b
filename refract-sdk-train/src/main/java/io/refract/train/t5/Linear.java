package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.kernel.Bf16;
import io.refract.train.t5.internal.Dropout;
import org.jspecify.annotations.Nullable;

/** A linear layer without bias: {@code x weight^T}, plus what an adapter adds when there is one. */
final class Linear {

  private final NDArray weight; // (out, in)
  private final @Nullable LowRank addition;
  private final boolean bf16;

  /**
   * Creates a layer.
   *
   * @param weight (out, in), 32-bit floats
   * @param addition what an adapter adds, or null for nothing
   * @param bf16 whether the product is taken in bfloat16
   */
  Linear(NDArray weight, @Nullable LowRank addition, boolean bf16) {
    this.weight = weight;
    this.addition = addition;
    this.bf16 = bf16;
  }

  /** Returns (..., out) for (..., in). */
  NDArray forward(NDArray x, Dropout dropout) {
    NDArray y = bf16 ? Bf16.linear(x, weight) : Layers.linear(x, weight);
    if (addition != null) {
      addition.addTo(y, x, dropout);
    }
    return y;
  }
}
