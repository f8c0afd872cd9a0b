package io.refract.train.t5;

import io.refract.train.data.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a batch into parts of nearly the same number of rows, each padded no longer than it needs.
 */
final class BatchParts {

  private BatchParts() {}

  /**
   * Cuts a batch.
   *
   * @param batch the batch
   * @param parts how many parts are wanted
   * @return the parts; the batch itself where it has too few rows, shares rows between examples, or
   *     has rows without any real label
   */
  static List<Batch> of(Batch batch, int parts) {
    int count = Math.min(parts, batch.rows());
    if (count <= 1 || batch.segments() != null) {
      return List.of(batch);
    }
    List<Batch> result = new ArrayList<>(count);
    for (int part = 0; part < count; part++) {
      Batch one =
          rows(
              batch,
              (int) ((long) batch.rows() * part / count),
              (int) ((long) batch.rows() * (part + 1) / count));
      if (one.targetTokens() == 0) {
        return List.of(batch);
      }
      result.add(one);
    }
    return result;
  }

  private static Batch rows(Batch batch, int from, int to) {
    int sourceLength = longest(batch.attentionMask(), batch.sourceLength(), from, to, 0);
    int targetLength = longest(batch.labels(), batch.targetLength(), from, to, Batch.IGNORED);
    long[] labels = cut(batch.labels(), batch.targetLength(), from, to, targetLength);
    return new Batch(
        to - from,
        sourceLength,
        targetLength,
        cut(batch.inputIds(), batch.sourceLength(), from, to, sourceLength),
        cut(batch.attentionMask(), batch.sourceLength(), from, to, sourceLength),
        labels,
        (int) Arrays.stream(labels).filter(label -> label != Batch.IGNORED).count());
  }

  /** Returns how many columns hold anything but padding, at least 1. */
  private static int longest(long[] values, int width, int from, int to, long padding) {
    for (int column = width - 1; column > 0; column--) {
      for (int row = from; row < to; row++) {
        if (values[row * width + column] != padding) {
          return column + 1;
        }
      }
    }
    return 1;
  }

  private static long[] cut(long[] values, int width, int from, int to, int kept) {
    long[] result = new long[(to - from) * kept];
    for (int row = from; row < to; row++) {
      System.arraycopy(values, row * width, result, (row - from) * kept, kept);
    }
    return result;
  }
}
