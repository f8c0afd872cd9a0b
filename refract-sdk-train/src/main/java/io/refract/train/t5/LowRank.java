package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.t5.internal.Dropout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What an adapter adds to one linear layer: {@code scale dropout(x) A^T B^T}.
 *
 * <p>Source: {@link io.refract.train.lora.LoraConfig}. Dimension letters: R rank.
 *
 * @param a R x in
 * @param b out x R
 * @param scale a scalar of the engine
 * @param dropoutRate probability that a value of {@code x} is zeroed in training
 * @param merged whether the weight of the layer has the addition in it already
 */
record LowRank(NDArray a, NDArray b, NDArray scale, double dropoutRate, AtomicBoolean merged) {

  /**
   * Adds to what the layer itself computed.
   *
   * @param y changed in place, (..., out)
   * @param x the input of the layer, (..., in)
   */
  @SuppressWarnings("ReferenceEquality") // without dropout the input itself comes back
  void addTo(NDArray y, NDArray x, Dropout dropout) {
    if (merged.get()) {
      return;
    }
    NDArray dropped = dropout.apply(x, dropoutRate);
    // Scaled where it is narrow. A graph keeps what it needs of what is closed here.
    try (NDArray narrow = Layers.linear(dropped, a); // (..., R)
        NDArray scaled = narrow.mul(scale);
        NDArray wide = Layers.linear(scaled, b)) { // (..., out)
      y.addi(wide);
    } finally {
      if (dropped != x) {
        dropped.close();
      }
    }
  }

  /** Returns {@code scale B A}, what merging adds to the weight: out x in. */
  NDArray change(NDManager scope) {
    NDArray product = b.matMul(a);
    product.attach(scope);
    NDArray change = product.mul(scale);
    change.attach(scope);
    return change;
  }
}
