package io.refract.train.data;

import java.util.List;
import java.util.Locale;

/**
 * How long the texts of a data set are, in tokens with their end token, before anything is cut.
 *
 * @param bins counts by length, ascending and without gaps; the last may be wider than the others;
 *     empty for no texts
 * @param min the shortest length
 * @param mean the mean length
 * @param median half of the texts are no longer than this
 * @param percentile95 95 of 100 texts are no longer than this
 * @param max the greatest length
 */
public record LengthHistogram(
    List<Bin> bins, int min, double mean, int median, int percentile95, int max) {

  /** The longest bar in characters. */
  private static final int BAR = 40;

  /**
   * The texts of like length.
   *
   * @param from the smallest length of the bin
   * @param to the greatest length of the bin, included
   * @param count how many texts
   */
  public record Bin(int from, int to, long count) {}

  /** Copies the bins. */
  public LengthHistogram {
    bins = List.copyOf(bins);
  }

  /** Returns the range, the mean and two quantiles in words. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%,d to %,d tokens, mean %.1f, median %,d, 95 of 100 at most %,d",
        min,
        max,
        mean,
        median,
        percentile95);
  }

  /** Returns the lengths in numbers and, one line for each bin, as bars. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(summary());
    long most = bins.stream().mapToLong(Bin::count).max().orElse(1);
    for (Bin bin : bins) {
      int bar = bin.count() == 0 ? 0 : (int) Math.max(1, BAR * bin.count() / most);
      text.append(
          String.format(
              Locale.ROOT,
              "\n  %,7d - %,7d  %,10d  %s",
              bin.from(),
              bin.to(),
              bin.count(),
              "#".repeat(bar)));
    }
    return text.toString();
  }
}
