package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;

/**
 * Puts rows of token ids into one batch, padded to the longest row ("dynamic padding"), as {@code
 * DataCollatorForSeq2Seq} of transformers does. Immutable and thread-safe.
 */
public final class Collator {

  private final int padTokenId;

  private Collator(int padTokenId) {
    this.padTokenId = padTokenId;
  }

  /**
   * Returns a collator.
   *
   * @param padTokenId the id that fills up sources
   */
  public static Collator paddingWith(int padTokenId) {
    checkArgument(padTokenId >= 0, "pad token id must not be negative but was %s", padTokenId);
    return new Collator(padTokenId);
  }

  /**
   * Returns the batch of some rows.
   *
   * @param sources the source ids of each row, end token included
   * @param targets the target ids of each row, end token included; as many as sources
   */
  public Batch collate(int[][] sources, int[][] targets) {
    checkArgument(sources.length >= 1, "a batch needs at least 1 row");
    checkArgument(
        sources.length == targets.length,
        "a batch needs as many targets as sources but has %s and %s",
        targets.length,
        sources.length);
    int rows = sources.length;
    int sourceLength = longest(sources);
    int targetLength = longest(targets);
    long[] inputIds = new long[rows * sourceLength];
    long[] attentionMask = new long[rows * sourceLength];
    long[] labels = new long[rows * targetLength];
    Arrays.fill(inputIds, padTokenId);
    Arrays.fill(labels, Batch.IGNORED);
    int targetTokens = 0;
    for (int row = 0; row < rows; row++) {
      int offset = row * sourceLength;
      copy(sources[row], inputIds, offset);
      Arrays.fill(attentionMask, offset, offset + sources[row].length, 1);
      copy(targets[row], labels, row * targetLength);
      targetTokens += targets[row].length;
    }
    return new Batch(
        rows, sourceLength, targetLength, inputIds, attentionMask, labels, targetTokens);
  }

  private static int longest(int[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length).max().orElse(0);
  }

  private static void copy(int[] row, long[] into, int offset) {
    for (int i = 0; i < row.length; i++) {
      into[offset + i] = row[i];
    }
  }
}
