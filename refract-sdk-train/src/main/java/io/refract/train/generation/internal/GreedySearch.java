package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import io.refract.train.generation.GenerationConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes the most likely token at every step. A row ends with its first end token; the rows that go
 * on see padding in those that ended, and everything stops when all rows have ended.
 *
 * <p>Source: {@code GenerationMixin._sample} of {@code huggingface/transformers} with {@code
 * do_sample=False}.
 */
public final class GreedySearch {

  private GreedySearch() {}

  /**
   * Generates one sequence for each row.
   *
   * @param scope what a scope per step is opened under
   * @param decoder a decoder that has taken no token yet, good for {@code maxNewTokens} tokens
   * @param config start, end and padding tokens
   * @param maxNewTokens tokens generated at most, the end token included
   * @return the tokens of each row after the start token, up to and including its end token
   */
  public static List<int[]> search(
      NDManager scope, StepDecoder decoder, GenerationConfig config, int maxNewTokens) {
    checkArgument(maxNewTokens >= 1, "max new tokens must be at least 1 but was %s", maxNewTokens);
    int rows = decoder.rows();
    long[] tokens = new long[rows];
    Arrays.fill(tokens, config.decoderStartTokenId());
    List<ImmutableIntArray.Builder> sequences = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      sequences.add(ImmutableIntArray.builder());
    }
    boolean[] ended = new boolean[rows];
    int running = rows;
    for (int count = 0; count < maxNewTokens && running > 0; count++) {
      long[] best = best(scope, decoder, tokens);
      for (int row = 0; row < rows; row++) {
        if (ended[row]) {
          tokens[row] = config.padTokenId();
          continue;
        }
        tokens[row] = best[row];
        int token = Ints.checkedCast(best[row]);
        sequences.get(row).add(token);
        if (config.eosTokenIds().contains(token)) {
          ended[row] = true;
          running--;
        }
      }
    }
    return sequences.stream().map(sequence -> sequence.build().toArray()).toList();
  }

  private static long[] best(NDManager scope, StepDecoder decoder, long[] tokens) {
    try (NDManager step = scope.newSubManager()) {
      NDArray logits = decoder.next(step, tokens);
      return logits.argMax(1).toLongArray();
    }
  }
}
