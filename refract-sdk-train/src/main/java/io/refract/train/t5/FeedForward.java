package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The feed-forward sublayer: {@code wo f(wi x)} in v1.0, {@code wo (f(wi_0 x) * wi_1 x)} from v1.1
 * on.
 *
 * <p>Source: Raffel et al. (JMLR 2020), section 2.1; Shazeer, "GLU Variants Improve Transformer"
 * (2020).
 */
final class FeedForward {

  private final NDArray in; // (F, D)
  private final @Nullable NDArray gate; // (F, D)
  private final NDArray out; // (D, F)
  private final String activation;
  private final double dropoutRate;

  FeedForward(String name, Map<String, NDArray> parameters, T5Config config) {
    boolean gated = config.gated();
    in = T5Parameters.get(parameters, name + (gated ? ".wi_0.weight" : ".wi.weight"));
    gate = gated ? T5Parameters.get(parameters, name + ".wi_1.weight") : null;
    out = T5Parameters.get(parameters, name + ".wo.weight");
    activation = config.activation();
    dropoutRate = config.dropoutRate();
  }

  /** Returns B x T x D for B x T x D. */
  NDArray forward(NDArray x, boolean training) {
    NDArray hidden = Layers.activation(activation, Layers.linear(x, in)); // (B, T, F)
    if (gate != null) {
      hidden = hidden.mul(Layers.linear(x, gate));
    }
    return Layers.linear(Layers.dropout(hidden, dropoutRate, training), out);
  }
}
