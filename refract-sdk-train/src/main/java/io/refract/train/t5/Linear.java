package io.refract.train.t5;

import ai.djl.ndarray.NDArray;

/** A linear layer without bias: {@code x weight^T}. */
final class Linear {

  private final NDArray weight; // (out, in)

  Linear(NDArray weight) {
    this.weight = weight;
  }

  /** Returns (..., out) for (..., in). */
  NDArray forward(NDArray x) {
    return Layers.linear(x, weight);
  }
}
