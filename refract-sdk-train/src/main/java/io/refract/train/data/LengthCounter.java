package io.refract.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts texts by their length. */
final class LengthCounter {

  /** Into how many bins most texts fall. */
  private static final int BINS = 20;

  private static final double MOST = 0.99;

  private final SortedMap<Integer, Long> counts = new TreeMap<>();
  private long texts;

  void add(int length) {
    counts.merge(length, 1L, Long::sum);
    texts++;
  }

  long longerThan(int length) {
    return counts.tailMap(length + 1).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns the histogram. The bins are equally wide up to the length that 99 of 100 texts do not
   * exceed; few very long ones share the last bin, or all others would be in one.
   */
  LengthHistogram histogram() {
    if (texts == 0) {
      return new LengthHistogram(List.of(), 0, 0, 0, 0, 0);
    }
    int max = counts.lastKey();
    double sum =
        counts.entrySet().stream().mapToDouble(it -> (double) it.getKey() * it.getValue()).sum();
    return new LengthHistogram(
        bins(), counts.firstKey(), sum / texts, percentile(0.5), percentile(0.95), max);
  }

  /** The smallest length that at least this share of the texts does not exceed. */
  private int percentile(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * texts));
    long seen = 0;
    for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= wanted) {
        return entry.getKey();
      }
    }
    return counts.lastKey();
  }

  private List<LengthHistogram.Bin> bins() {
    int min = counts.firstKey();
    int max = counts.lastKey();
    int width = niceWidth(percentile(MOST) - min + 1);
    List<LengthHistogram.Bin> bins = new ArrayList<>();
    int from = min - min % width;
    while (from <= max) {
      boolean last = percentile(MOST) < from + width;
      int to = last ? Math.max(max, from + width - 1) : from + width - 1;
      long count = counts.subMap(from, to + 1).values().stream().mapToLong(Long::longValue).sum();
      bins.add(new LengthHistogram.Bin(from, to, count));
      from = to + 1;
    }
    return bins;
  }

  /** The smallest of 1, 2, 5, 10, 20, 50, ... that covers the range with few bins. */
  private static int niceWidth(int range) {
    int unit = 1;
    while (true) {
      for (int step : new int[] {1, 2, 5}) {
        if ((long) step * unit * BINS >= range) {
          return step * unit;
        }
      }
      unit *= 10;
    }
  }
}
