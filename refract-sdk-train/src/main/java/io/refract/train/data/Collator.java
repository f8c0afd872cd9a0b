package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.train.data.EncodedExamples.Encoded;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Puts token ids into one batch, padded to the longest row ("dynamic padding"), as {@code
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
    checkArgument(
        sources.length == targets.length,
        "a batch needs as many targets as sources but has %s and %s",
        targets.length,
        sources.length);
    Encoded[] examples = new Encoded[sources.length];
    for (int row = 0; row < examples.length; row++) {
      examples[row] = new Encoded(sources[row], targets[row]);
    }
    return collate(Arrays.stream(examples).map(List::of).toList());
  }

  /**
   * Returns the batch of rows that may hold several examples each, one behind the other.
   *
   * @param rows the examples of each row, at least one
   */
  public Batch collate(List<List<Encoded>> rows) {
    checkArgument(!rows.isEmpty(), "a batch needs at least 1 row");
    int sourceLength = longest(rows, example -> example.source().length);
    int targetLength = longest(rows, example -> example.target().length);
    Rows batch = new Rows(rows.size(), sourceLength, targetLength);
    for (int row = 0; row < rows.size(); row++) {
      batch.fill(row, rows.get(row));
    }
    return batch.toBatch(rows.stream().anyMatch(row -> row.size() > 1));
  }

  private static int longest(List<List<Encoded>> rows, ToIntFunction<Encoded> length) {
    return rows.stream().mapToInt(row -> row.stream().mapToInt(length).sum()).max().orElse(0);
  }

  /** The arrays of a batch while they are filled. */
  private final class Rows {

    private final int rows;
    private final int sourceLength;
    private final int targetLength;
    private final long[] inputIds;
    private final long[] attentionMask;
    private final long[] labels;
    private final int[] sourceSegments;
    private final int[] targetSegments;
    private int targetTokens;

    private Rows(int rows, int sourceLength, int targetLength) {
      this.rows = rows;
      this.sourceLength = sourceLength;
      this.targetLength = targetLength;
      inputIds = new long[Math.multiplyExact(rows, sourceLength)];
      attentionMask = new long[inputIds.length];
      labels = new long[Math.multiplyExact(rows, targetLength)];
      sourceSegments = new int[inputIds.length];
      targetSegments = new int[labels.length];
      Arrays.fill(inputIds, padTokenId);
      Arrays.fill(labels, Batch.IGNORED);
    }

    private void fill(int row, List<Encoded> examples) {
      int source = row * sourceLength;
      int target = row * targetLength;
      for (int segment = 1; segment <= examples.size(); segment++) {
        Encoded example = examples.get(segment - 1);
        int sourceEnd = source + example.source().length;
        int targetEnd = target + example.target().length;
        copy(example.source(), inputIds, source);
        copy(example.target(), labels, target);
        Arrays.fill(attentionMask, source, sourceEnd, 1);
        Arrays.fill(sourceSegments, source, sourceEnd, segment);
        Arrays.fill(targetSegments, target, targetEnd, segment);
        targetTokens += example.target().length;
        source = sourceEnd;
        target = targetEnd;
      }
    }

    private Batch toBatch(boolean packed) {
      return new Batch(
          rows,
          sourceLength,
          targetLength,
          inputIds,
          attentionMask,
          labels,
          targetTokens,
          packed ? new Segments(sourceSegments, targetSegments) : null);
    }
  }

  private static void copy(int[] row, long[] into, int offset) {
    for (int i = 0; i < row.length; i++) {
      into[offset + i] = row[i];
    }
  }
}
