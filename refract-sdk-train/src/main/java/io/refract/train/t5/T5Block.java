package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.refract.train.t5.Attention.KeysAndValues;
import org.jspecify.annotations.Nullable;

/**
 * One block: self-attention, in the decoder cross-attention, and feed-forward, each with a norm in
 * front and a residual around.
 *
 * <p>Source: Raffel et al. (JMLR 2020), section 2.1.
 */
final class T5Block {

  private static final int TIME_OF_KEYS = 3;
  private static final int TIME_OF_VALUES = 2;

  private final Attention selfAttention;
  private final NDArray selfNorm;
  private final @Nullable Attention crossAttention;
  private final @Nullable NDArray crossNorm;
  private final FeedForward feedForward;
  private final NDArray feedForwardNorm;
  private final LayerOps ops;

  /**
   * Takes the weights of a block.
   *
   * @param name the block's name in the checkpoint, for example {@code decoder.block.3}
   * @param decoder whether it has cross-attention
   */
  T5Block(String name, boolean decoder, Wiring wiring) {
    String last = name + (decoder ? ".layer.2" : ".layer.1");
    selfAttention = new Attention(name + ".layer.0.SelfAttention", wiring);
    selfNorm = norm(wiring, name + ".layer.0");
    crossAttention = decoder ? new Attention(name + ".layer.1.EncDecAttention", wiring) : null;
    crossNorm = decoder ? norm(wiring, name + ".layer.1") : null;
    feedForward = new FeedForward(last + ".DenseReluDense", wiring);
    feedForwardNorm = norm(wiring, last);
    ops = wiring.ops();
  }

  private static NDArray norm(Wiring wiring, String layer) {
    return wiring.parameter(layer + ".layer_norm.weight");
  }

  /**
   * Runs the block over whole sequences.
   *
   * @param x B x T x D
   * @param bias position bias and mask of self-attention
   * @param encoderStates what cross-attention looks at, B x S x D; null in the encoder
   * @param crossMask the mask of cross-attention, or null for none
   */
  NDArray forward(
      NDArray x,
      NDArray bias,
      @Nullable NDArray encoderStates,
      @Nullable NDArray crossMask,
      Pass pass) {
    NDArray normed = ops.norm(x, selfNorm);
    x = ops.residual(x, selfAttention.forward(normed, normed, bias, pass), pass.dropout());
    if (crossAttention != null && crossNorm != null && encoderStates != null) {
      normed = ops.norm(x, crossNorm);
      x =
          ops.residual(
              x, crossAttention.forward(normed, encoderStates, crossMask, pass), pass.dropout());
    }
    return feedForward(x, pass);
  }

  /**
   * Runs the block over the newest token only.
   *
   * @param x B x 1 x D
   * @param past keys and values of the tokens before, or null at the first token
   * @param bias position bias of the newest token
   * @param memory keys and values of the encoder's states
   * @return the output, and keys and values with the newest token, for the next call
   */
  Step step(
      NDArray x,
      @Nullable KeysAndValues past,
      NDArray bias,
      KeysAndValues memory,
      @Nullable NDArray crossMask) {
    NDArray normed = ops.norm(x, selfNorm);
    KeysAndValues newest = selfAttention.keysAndValues(normed);
    KeysAndValues seen =
        past == null
            ? newest
            : new KeysAndValues(
                append(past.keys(), newest.keys(), TIME_OF_KEYS),
                append(past.values(), newest.values(), TIME_OF_VALUES));
    x = x.add(selfAttention.attend(normed, seen, bias));
    return new Step(feedForward(cross(x, memory, crossMask), Pass.PLAIN), seen);
  }

  /**
   * The result of {@link #step}.
   *
   * @param output B x 1 x D
   * @param seen keys and values of all tokens so far
   */
  record Step(NDArray output, KeysAndValues seen) {}

  /** Returns keys and values of the encoder's states, which do not change while decoding. */
  KeysAndValues memory(NDArray encoderStates) {
    if (crossAttention == null) {
      throw new IllegalStateException("a block of the encoder has no cross-attention");
    }
    return crossAttention.keysAndValues(encoderStates);
  }

  private NDArray cross(NDArray x, KeysAndValues memory, @Nullable NDArray mask) {
    if (crossAttention == null || crossNorm == null) {
      throw new IllegalStateException("a block of the encoder has no cross-attention");
    }
    return x.add(crossAttention.attend(ops.norm(x, crossNorm), memory, mask));
  }

  private NDArray feedForward(NDArray x, Pass pass) {
    NDArray change = feedForward.forward(ops.norm(x, feedForwardNorm), pass);
    return ops.residualOfHidden(x, change, pass.dropout());
  }

  /** Joins along an axis; the result belongs to the newest token's manager. */
  private static NDArray append(NDArray past, NDArray newest, int axis) {
    NDArray joined = NDArrays.concat(new NDList(past, newest), axis);
    joined.attach(newest.getManager());
    return joined;
  }
}
