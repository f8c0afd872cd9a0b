package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The feed-forward sublayer: {@code wo f(wi x)} in v1.0, {@code wo (f(wi_0 x) * wi_1 x)} from v1.1
 * on.
 *
 * <p>Source: Raffel et al. (JMLR 2020), section 2.1; Shazeer, "GLU Variants Improve Transformer"
 * (2020).
 */
final class FeedForward {

  private final Linear in; // (F, D)
  private final @Nullable Linear gate; // (F, D)
  private final Linear out; // (D, F)
  private final LayerOps ops;

  FeedForward(String name, Wiring wiring) {
    T5Config config = wiring.config();
    boolean gated = config.gated();
    in = wiring.linear(name + (gated ? ".wi_0" : ".wi"));
    gate = gated ? wiring.linear(name + ".wi_1") : null;
    out = wiring.linear(name + ".wo");
    ops = wiring.ops();
  }

  /**
   * Returns what the sublayer adds, for {@link LayerOps#residualOfHidden}: B x T x D for B x T x D.
   */
  NDArray forward(NDArray x, Pass pass) {
    NDArray gated = gate == null ? null : gate.forward(x, pass); // (B, T, F)
    return out.forward(ops.hidden(in.forward(x, pass), gated, pass.dropout()), pass);
  }
}
