package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.t5.internal.Dropout;
import org.jspecify.annotations.Nullable;

/**
 * Operations of the array form: the reference, and what computes where the engine loads no script.
 */
record ArrayOps(T5Config config, boolean bf16) implements LayerOps {

  @Override
  public NDArray norm(NDArray x, NDArray gain) {
    return Layers.rmsNorm(x, gain, config.layerNormEpsilon());
  }

  @Override
  public NDArray attend(NDArray q, NDArray k, NDArray v, @Nullable NDArray bias, Dropout dropout) {
    int heads = config.numHeads();
    NDArray keys = Layers.splitHeads(k, heads).transpose(0, 1, 3, 2);
    NDArray scores = Layers.product(Layers.splitHeads(q, heads), keys, bf16); // (B, H, Q, S)
    if (bias != null) {
      scores.addi(bias);
    }
    NDArray weights = dropout.apply(scores.softmax(-1));
    return Layers.joinHeads(Layers.product(weights, Layers.splitHeads(v, heads), bf16));
  }

  @Override
  public NDArray hidden(NDArray in, @Nullable NDArray gate, Dropout dropout) {
    NDArray hidden = Layers.activation(config.activation(), in);
    return dropout.apply(gate == null ? hidden : hidden.mul(gate));
  }

  @Override
  public NDArray residual(NDArray x, NDArray change, Dropout dropout) {
    return x.add(dropout.apply(change));
  }

  @Override
  public NDArray residualOfHidden(NDArray x, NDArray change, Dropout dropout) {
    return residual(x, change, dropout);
  }

  @Override
  public NDArray drop(NDArray x, Dropout dropout) {
    return dropout.apply(x);
  }
}
