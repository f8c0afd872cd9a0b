package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** A linear layer without bias: {@code x weight^T}, plus what an adapter adds when there is one. */
final class Linear {

  private final NDArray weight; // (out, in)
  private final @Nullable LowRank addition;

  Linear(NDArray weight) {
    this(weight, null);
  }

  Linear(NDArray weight, @Nullable LowRank addition) {
    this.weight = weight;
    this.addition = addition;
  }

  /** Returns (..., out) for (..., in). */
  NDArray forward(NDArray x, boolean training) {
    NDArray y = Layers.linear(x, weight);
    if (addition != null) {
      addition.addTo(y, x, training);
    }
    return y;
  }
}
