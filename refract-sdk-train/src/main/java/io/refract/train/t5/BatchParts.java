package io.refract.train.t5;

import io.refract.train.data.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts a batch into parts of about the same number of tokens, each padded no longer than it needs:
 * rows of similar length come together, and of long ones there are fewer in a part. The loss of the
 * batch is the sum over the parts, so that random batches stay random.
 */
final class BatchParts {

  private final Batch batch;
  private final int[] sourceLengths;
  private final int[] targetLengths;
  private final int[] rows; // their places in the batch, the longest first

  private BatchParts(Batch batch) {
    this.batch = batch;
    sourceLengths = lengths(batch.attentionMask(), batch.rows(), 0);
    targetLengths = lengths(batch.labels(), batch.rows(), Batch.IGNORED);
    rows =
        IntStream.range(0, batch.rows())
            .boxed()
            .sorted(Comparator.comparing(this::tokens, Comparator.reverseOrder()))
            .mapToInt(row -> row)
            .toArray();
  }

  /**
   * Cuts a batch.
   *
   * @param batch the batch
   * @param parts how many parts there are at most
   * @return the parts; the batch itself where it has too few rows, shares rows between examples, or
   *     has rows without any real label
   */
  static List<Batch> of(Batch batch, int parts) {
    if (Math.min(parts, batch.rows()) <= 1 || batch.segments() != null) {
      return List.of(batch);
    }
    List<Batch> result = new BatchParts(batch).cut(parts);
    return result.stream().anyMatch(part -> part.targetTokens() == 0) ? List.of(batch) : result;
  }

  /** Finds by bisection the least size that is enough for all parts. */
  private List<Batch> cut(int parts) {
    long least = tokens(rows[0]);
    // The longest source and the longest target may stand in different rows.
    long most = rows.length * ((long) batch.sourceLength() + batch.targetLength());
    while (least < most) {
      long middle = (least + most) >>> 1;
      if (ends(middle).size() <= parts) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    List<Batch> result = new ArrayList<>(parts);
    int from = 0;
    for (int to : ends(most)) {
      result.add(part(Arrays.copyOfRange(rows, from, to)));
      from = to;
    }
    return result;
  }

  /**
   * Returns where parts end that have as many rows as a size allows.
   *
   * @param size tokens of a part with its padding, at least those of the longest row
   */
  private List<Integer> ends(long size) {
    List<Integer> ends = new ArrayList<>();
    int from = 0;
    int source = 0;
    int target = 0;
    for (int i = 0; i < rows.length; i++) {
      source = Math.max(source, sourceLengths[rows[i]]);
      target = Math.max(target, targetLengths[rows[i]]);
      if ((long) (i + 1 - from) * (source + target) > size) {
        ends.add(i);
        from = i;
        source = sourceLengths[rows[i]];
        target = targetLengths[rows[i]];
      }
    }
    ends.add(rows.length);
    return ends;
  }

  private Batch part(int[] places) {
    int sourceLength = Arrays.stream(places).map(row -> sourceLengths[row]).max().orElseThrow();
    int targetLength = Arrays.stream(places).map(row -> targetLengths[row]).max().orElseThrow();
    long[] labels = columns(batch.labels(), batch.targetLength(), places, targetLength);
    return new Batch(
        places.length,
        sourceLength,
        targetLength,
        columns(batch.inputIds(), batch.sourceLength(), places, sourceLength),
        columns(batch.attentionMask(), batch.sourceLength(), places, sourceLength),
        labels,
        (int) Arrays.stream(labels).filter(label -> label != Batch.IGNORED).count());
  }

  private int tokens(int row) {
    return sourceLengths[row] + targetLengths[row];
  }

  /** Returns how many columns of each row hold anything but padding behind it, at least 1. */
  private static int[] lengths(long[] values, int rows, long padding) {
    int width = values.length / rows;
    int[] lengths = new int[rows];
    for (int row = 0; row < rows; row++) {
      int length = width;
      while (length > 1 && values[row * width + length - 1] == padding) {
        length--;
      }
      lengths[row] = length;
    }
    return lengths;
  }

  private static long[] columns(long[] values, int width, int[] places, int kept) {
    long[] result = new long[places.length * kept];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(values, places[i] * width, result, i * kept, kept);
    }
    return result;
  }
}
