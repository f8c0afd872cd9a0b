package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Which example each token of a packed batch belongs to. A token sees only tokens of its own
 * example.
 *
 * <p>The arrays are shared, not copied: whoever gets them reads them only.
 *
 * @param sources the example's number in its row, from 1, for each source token, B x S; 0 for
 *     padding
 * @param targets the same for each target token, B x T; 0 for padding
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only
public record Segments(int[] sources, int[] targets) {

  /** Checks that no number is negative. */
  public Segments {
    for (int[] numbers : new int[][] {sources, targets}) {
      for (int number : numbers) {
        checkArgument(number >= 0, "a segment must not be negative but was %s", number);
      }
    }
  }
}
