package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.kernel.Bf16;
import org.jspecify.annotations.Nullable;

/** A linear layer without bias: {@code x weight^T}, plus what an adapter adds when there is one. */
final class Linear {

  private final NDArray weight; // (out, in)
  private final @Nullable LowRank addition;
  private final boolean bf16;
  private final ParameterGradient gradient;

  /**
   * Creates a layer.
   *
   * @param weight (out, in), 32-bit floats
   * @param addition what an adapter adds, or null for nothing
   * @param bf16 whether the product is taken in bfloat16
   */
  Linear(NDArray weight, @Nullable LowRank addition, boolean bf16) {
    this.weight = weight;
    gradient = new ParameterGradient(weight);
    this.addition = addition;
    this.bf16 = bf16;
  }

  /** Returns (..., out) for (..., in). */
  NDArray forward(NDArray x, Pass pass) {
    WeightGradients gradients = pass.gradients();
    if (gradients != null && !bf16 && addition == null && weight.hasGradient()) {
      return gradients.forward(this, x);
    }
    NDArray y = bf16 ? Bf16.linear(x, weight) : Layers.linear(x, weight);
    if (addition != null) {
      addition.addTo(y, x, pass.dropout());
    }
    return y;
  }

  NDArray weight() {
    return weight;
  }

  ParameterGradient gradient() {
    return gradient;
  }
}
