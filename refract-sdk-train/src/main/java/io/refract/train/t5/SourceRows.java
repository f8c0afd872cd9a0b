package io.refract.train.t5;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which sources the rows of a decoder look at, such that every source has the same number of rows,
 * all in a row: row i looks at {@code sources[i / rowsPerSource]}. A source may stand there twice.
 *
 * @param sources at least one
 * @param rowsPerSource at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SourceRows(int[] sources, int rowsPerSource) {

  /** Returns one row for each of {@code count} sources. */
  static SourceRows range(int count) {
    return new SourceRows(IntStream.range(0, count).toArray(), 1);
  }

  int rows() {
    return sources.length * rowsPerSource;
  }

  int sourceOf(int row) {
    return sources[row / rowsPerSource];
  }

  /**
   * Returns the rows that look at the given sources; with as few sources as can be, because each is
   * computed with by itself.
   *
   * @param wanted the source of each row
   */
  static SourceRows of(int[] wanted) {
    int run = 1;
    while (run < wanted.length && wanted[run] == wanted[0]) {
      run++;
    }
    if (wanted.length % run != 0) {
      return new SourceRows(wanted, 1);
    }
    int[] sources = new int[wanted.length / run];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = wanted[i * run];
      for (int row = i * run; row < (i + 1) * run; row++) {
        if (wanted[row] != sources[i]) {
          return new SourceRows(wanted, 1);
        }
      }
    }
    return new SourceRows(sources, run);
  }

  /** Returns whether there is exactly one group for each of {@code count} sources, in order. */
  boolean areAll(int count) {
    return Arrays.equals(sources, IntStream.range(0, count).toArray());
  }
}
