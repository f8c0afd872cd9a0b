package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;
import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.kernel.ScoringKernel;
import io.refract.train.t5.internal.EncoderOutput;
import java.util.Arrays;

/**
 * Decodes token by token over packed weights.
 *
 * <p>Keys and values of the tokens so far stand in one array of all layers, which grows by doubling
 * and is written in place. Keys and values of the sources are not copied for each row: while every
 * source has the same number of rows, all in a row, as the beams of a search do, the rows look at
 * them together.
 */
final class PackedStepDecoder implements StepDecoder {

  private static final int FIRST_CAPACITY = 16;

  private final PackedNetwork packed;
  private final int maxTokens;
  private final NDManager scope;
  private final NDArray bias; // (1, H, 1, maxTokens)
  private final boolean masked;
  private IValue cache; // (2 L, B, H, capacity, K)
  private IValue memory; // (2 L, sources, H, S, K)
  private IValue mask; // (sources, 1, 1, S) or a zero
  private SourceRows rows; // over the sources of the memory
  private int capacity;
  private int position;

  PackedStepDecoder(PackedNetwork packed, EncoderOutput encoded, int maxTokens) {
    checkArgument(maxTokens >= 1, "max tokens must be at least 1 but was %s", maxTokens);
    this.packed = packed;
    this.maxTokens = maxTokens;
    scope = encoded.manager().newSubManager();
    bias = packed.network().decoder().lastPositionBias(scope, maxTokens);
    NDArray padding = encoded.mask();
    masked = padding != null;
    mask = ScoringKernel.value(padding != null ? padding : scope.zeros(new Shape(1, 1, 1, 1)));
    memory = packed.memory(encoded.states());
    cache = ScoringKernel.value(scope.zeros(new Shape(0)));
    rows = SourceRows.range(encoded.rows());
  }

  @Override
  public int rows() {
    return rows.rows();
  }

  @Override
  public NDArray next(NDManager step, long[] tokens) {
    checkState(position < maxTokens, "the decoder was made for %s tokens only", maxTokens);
    checkArgument(
        tokens.length == rows(), "%s tokens were given for %s rows", tokens.length, rows());
    packed.network().embedding().checkIds("token", tokens);
    if (position == capacity) {
      capacity = Math.min(maxTokens, Math.max(FIRST_CAPACITY, 2 * capacity));
      cache = replace(cache, packed.kernel().room(cache, rows(), capacity));
    }
    try (NDArray ids = step.create(tokens);
        NDArray newest = bias.get(new NDIndex(":, :, :, {}:", maxTokens - 1 - position))) {
      NDArray logits = packed.step(step, ids, cache, memory, mask, newest, position);
      position++;
      return logits;
    }
  }

  @Override
  public void select(int[] parents) {
    checkArgument(parents.length > 0, "a decoder needs at least 1 row");
    int[] wanted = new int[parents.length];
    boolean same = parents.length == rows();
    for (int i = 0; i < parents.length; i++) {
      wanted[i] = rows.sourceOf(checkElementIndex(parents[i], rows(), "row"));
      same &= parents[i] == i;
    }
    if (same) {
      return;
    }
    if (position > 0) {
      cache = replace(cache, selected(cache, parents));
    }
    SourceRows next = SourceRows.of(wanted);
    int sources = rows.sources().length;
    if (!next.areAll(sources)) {
      memory = replace(memory, selected(memory, next.sources()));
      if (masked) {
        mask = replace(mask, selectedMask(next.sources()));
      }
    }
    rows = new SourceRows(SourceRows.range(next.sources().length).sources(), next.rowsPerSource());
  }

  private IValue selected(IValue all, int[] chosen) {
    try (NDArray index = index(chosen);
        IValue value = ScoringKernel.value(index)) {
      return packed.kernel().select(all, value);
    }
  }

  private IValue selectedMask(int[] sources) {
    try (NDArray index = index(sources);
        IValue value = ScoringKernel.value(index)) {
      return packed.kernel().selectMask(mask, value);
    }
  }

  private NDArray index(int[] chosen) {
    return scope.create(Arrays.stream(chosen).asLongStream().toArray());
  }

  private static IValue replace(IValue old, IValue next) {
    old.close();
    return next;
  }

  @Override
  public void close() {
    cache.close();
    memory.close();
    mask.close();
    scope.close();
  }
}
