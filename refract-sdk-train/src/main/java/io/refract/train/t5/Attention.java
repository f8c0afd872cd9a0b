package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head attention without biases and without scaling of the scores.
 *
 * <p>Source: Raffel et al. (JMLR 2020), section 2.1; the missing {@code 1/sqrt(dKv)} is part of the
 * initialization of {@code q}.
 *
 * <p>Dimension letters: B batch, Q queries, S keys, H heads, K width of a head, D model.
 */
final class Attention {

  private final Linear q; // (H K, D)
  private final Linear k; // (H K, D)
  private final Linear v; // (H K, D)
  private final Linear o; // (D, H K)
  private final int heads;
  private final boolean bf16;
  private final LayerOps ops;

  /**
   * Keys and values of all heads.
   *
   * @param keys B x H x K x S, so that scores are one product
   * @param values B x H x S x K
   */
  record KeysAndValues(NDArray keys, NDArray values) {}

  /**
   * Takes the weights of a sublayer.
   *
   * @param name the sublayer's name in the checkpoint, which ends in {@code Attention}
   */
  Attention(String name, Wiring wiring) {
    q = wiring.linear(name + ".q");
    k = wiring.linear(name + ".k");
    v = wiring.linear(name + ".v");
    o = wiring.linear(name + ".o");
    heads = wiring.config().numHeads();
    bf16 = wiring.execution().bf16();
    ops = wiring.ops();
  }

  /**
   * Lets all positions of a sequence look at states.
   *
   * @param x where queries are made from, B x Q x D
   * @param states what they look at, B x S x D
   * @param bias what is added to the scores, broadcast to B x H x Q x S; null for nothing
   * @return B x Q x D
   */
  NDArray forward(NDArray x, NDArray states, @Nullable NDArray bias, Pass pass) {
    NDArray attended =
        ops.attend(
            q.forward(x, pass),
            k.forward(states, pass),
            v.forward(states, pass),
            bias,
            pass.dropout());
    return o.forward(attended, pass);
  }

  /** Returns what the given states offer to queries: B x S x D gives B x H x S x K each. */
  KeysAndValues keysAndValues(NDArray states) {
    return new KeysAndValues(
        Layers.splitHeads(k.forward(states, Pass.PLAIN), heads).transpose(0, 1, 3, 2),
        Layers.splitHeads(v.forward(states, Pass.PLAIN), heads));
  }

  /**
   * Lets queries look at keys that are kept from token to token.
   *
   * @param x where queries are made from, B x Q x D
   * @param memory what they look at
   * @param bias what is added to the scores, broadcast to B x H x Q x S; null for nothing
   * @return B x Q x D
   */
  NDArray attend(NDArray x, KeysAndValues memory, @Nullable NDArray bias) {
    NDArray queries = Layers.splitHeads(q.forward(x, Pass.PLAIN), heads); // (B, H, Q, K)
    NDArray scores = Layers.product(queries, memory.keys(), bf16); // (B, H, Q, S)
    if (bias != null) {
      scores.addi(bias);
    }
    NDArray seen = Layers.product(scores.softmax(-1), memory.values(), bf16);
    return o.forward(Layers.joinHeads(seen), Pass.PLAIN);
  }
}
