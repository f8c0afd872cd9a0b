package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.kernel.Bf16;

/** A linear layer without bias: {@code x weight^T}. */
final class Linear {

  private final NDArray weight; // (out, in)
  private final boolean bf16;

  /**
   * Creates a layer.
   *
   * @param weight (out, in), 32-bit floats
   * @param bf16 whether the product is taken in bfloat16
   */
  Linear(NDArray weight, boolean bf16) {
    this.weight = weight;
    this.bf16 = bf16;
  }

  /** Returns (..., out) for (..., in). */
  NDArray forward(NDArray x) {
    return bf16 ? Bf16.linear(x, weight) : Layers.linear(x, weight);
  }
}
