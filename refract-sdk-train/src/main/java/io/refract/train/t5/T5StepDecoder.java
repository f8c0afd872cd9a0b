package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;
import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.Attention.KeysAndValues;
import io.refract.train.t5.internal.EncoderOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes token by token. Keys and values of the encoder's states are computed once; those of the
 * tokens so far are kept from step to step, and only the newest token goes through the blocks.
 */
final class T5StepDecoder implements StepDecoder {

  private final T5ArrayNetwork network;
  private final NDManager scope;
  private final int maxTokens;
  private final NDArray bias; // (1, H, 1, maxTokens)
  private final List<KeysAndValues> memories = new ArrayList<>();
  private final List<KeysAndValues> pasts = new ArrayList<>();
  private @Nullable NDArray mask; // (B, 1, 1, S)
  private int rows;
  private int position;

  T5StepDecoder(T5ArrayNetwork network, EncoderOutput encoded, int maxTokens) {
    checkArgument(maxTokens >= 1, "max tokens must be at least 1 but was %s", maxTokens);
    this.network = network;
    mask = encoded.mask();
    rows = encoded.rows();
    this.maxTokens = maxTokens;
    scope = encoded.manager().newSubManager();
    bias = network.decoder().lastPositionBias(scope, maxTokens);
    for (T5Block block : network.decoder().blocks()) {
      KeysAndValues memory = block.memory(encoded.states());
      memory.keys().attach(scope);
      memory.values().attach(scope);
      memories.add(memory);
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public NDArray next(NDManager step, long[] tokens) {
    checkState(position < maxTokens, "the decoder was made for %s tokens only", maxTokens);
    checkArgument(
        tokens.length == rows(), "%s tokens were given for %s rows", tokens.length, rows());
    NDArray x = network.embedding().values(step, "token", tokens, rows()); // (B, 1, D)
    try (NDArray newest = bias.get(new NDIndex(":, :, :, {}:", maxTokens - 1 - position))) {
      List<T5Block> blocks = network.decoder().blocks();
      for (int i = 0; i < blocks.size(); i++) {
        KeysAndValues past = position == 0 ? null : pasts.get(i);
        T5Block.Step result = blocks.get(i).step(x, past, newest, memories.get(i), mask);
        keep(i, result.seen());
        x = result.output();
      }
    }
    position++;
    NDArray states = network.decoder().finish(x, Pass.PLAIN);
    return network.head(states, Pass.PLAIN).squeeze(1); // (B, V)
  }

  /** Lets the newest keys and values outlive the step, and frees those before. */
  private void keep(int block, KeysAndValues seen) {
    seen.keys().attach(scope);
    seen.values().attach(scope);
    if (position == 0) {
      pasts.add(seen);
    } else {
      KeysAndValues past = pasts.set(block, seen);
      past.keys().close();
      past.values().close();
    }
  }

  @Override
  public void select(int[] parents) {
    checkArgument(parents.length > 0, "a decoder needs at least 1 row");
    long[] index = new long[parents.length];
    boolean same = parents.length == rows;
    for (int i = 0; i < parents.length; i++) {
      checkElementIndex(parents[i], rows, "row");
      index[i] = parents[i];
      same &= parents[i] == i;
    }
    if (same) {
      return;
    }
    try (NDArray selected = scope.create(index)) {
      memories.replaceAll(memory -> select(memory, selected));
      pasts.replaceAll(past -> select(past, selected));
      if (mask != null) {
        mask = mask.get(selected);
        mask.attach(scope);
      }
    }
    rows = parents.length;
  }

  private KeysAndValues select(KeysAndValues all, NDArray rows) {
    NDArray keys = all.keys().get(rows);
    NDArray values = all.values().get(rows);
    keys.attach(scope);
    values.attach(scope);
    all.keys().close();
    all.values().close();
    return new KeysAndValues(keys, values);
  }

  @Override
  public void close() {
    scope.close();
  }
}
