package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoder or the decoder: blocks, the relative position bias that they share, and a norm at the
 * end.
 */
final class T5Stack {

  /** Keeps the random numbers of the decoder apart from those of the encoder. */
  private static final long DECODER_PARTS = 1L << 32;

  private final List<T5Block> blocks = new ArrayList<>();
  private final NDArray biasTable; // (buckets, H)
  private final NDArray finalNorm;
  private final RelativePositions positions;
  private final LayerOps ops;
  private final long firstPart; // of the dropout's random numbers

  /**
   * Takes the weights of a stack.
   *
   * @param name {@code encoder} or {@code decoder}
   */
  T5Stack(String name, Wiring wiring) {
    T5Config config = wiring.config();
    ops = wiring.ops();
    boolean decoder = name.equals("decoder");
    firstPart = decoder ? DECODER_PARTS : 0;
    int layers = decoder ? config.numDecoderLayers() : config.numLayers();
    for (int i = 0; i < layers; i++) {
      blocks.add(new T5Block(name + ".block." + i, decoder, wiring));
    }
    biasTable =
        wiring.parameter(name + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    finalNorm = wiring.parameter(name + ".final_layer_norm.weight");
    positions =
        new RelativePositions(
            !decoder, config.relativeAttentionNumBuckets(), config.relativeAttentionMaxDistance());
  }

  List<T5Block> blocks() {
    return blocks;
  }

  /** Returns the position bias of whole sequences, 1 x H x T x T. */
  NDArray positionBias(NDManager scope, int length) {
    return bias(scope, positions.table(length, length), new Shape(length, length));
  }

  /**
   * Returns the position bias between the last of {@code length} positions and all of them, 1 x H x
   * 1 x length. Its last n columns are the bias of position n for shorter sequences.
   */
  NDArray lastPositionBias(NDManager scope, int length) {
    return bias(scope, positions.row(length), new Shape(1, length));
  }

  private NDArray bias(NDManager scope, long[] buckets, Shape shape) {
    try (NDArray ids = Layers.owned(scope.create(buckets, shape))) {
      return Layers.embedding(ids, biasTable).transpose(2, 0, 1).expandDims(0);
    }
  }

  /**
   * Runs all blocks and the final norm.
   *
   * @param x embedded tokens, B x T x D
   * @param bias position bias and mask of self-attention
   * @param encoderStates what cross-attention looks at; null in the encoder
   * @param crossMask the mask of cross-attention, or null for none
   * @return B x T x D
   */
  NDArray forward(
      NDArray x,
      NDArray bias,
      @Nullable NDArray encoderStates,
      @Nullable NDArray crossMask,
      Pass pass) {
    NDManager scope = x.getManager();
    x = enter(x, pass);
    for (int i = 0; i < blocks.size(); i++) {
      // A scope per block: whatever the graph does not need is freed with it. Without a graph that
      // is everything, so that memory does not grow with the number of blocks.
      try (NDManager blockScope = scope.newSubManager()) {
        x.attach(blockScope);
        x = block(i, x, bias, encoderStates, crossMask, pass);
        x.attach(scope);
      }
    }
    return finish(x, pass);
  }

  /** Returns whether a training changes the position bias. */
  boolean trainsPositionBias() {
    return biasTable.hasGradient();
  }

  /** Applies the dropout in front of the blocks. */
  NDArray enter(NDArray x, Pass pass) {
    return ops.drop(x, pass.dropout().part(firstPart));
  }

  /** Runs one block, see {@link #forward}. */
  NDArray block(
      int number,
      NDArray x,
      NDArray bias,
      @Nullable NDArray encoderStates,
      @Nullable NDArray crossMask,
      Pass pass) {
    return blocks
        .get(number)
        .forward(x, bias, encoderStates, crossMask, pass.part(firstPart + 1 + number));
  }

  /** Applies the norm at the end of the stack. */
  NDArray finish(NDArray x, Pass pass) {
    return ops.drop(ops.norm(x, finalNorm), pass.dropout().part(firstPart + 1 + blocks.size()));
  }
}
