package io.refract.train.data;

import java.util.List;

/**
 * How long the texts of a data set are, in tokens with their end token, before anything is cut.
 *
 * @param bins counts by length, ascending and without gaps; empty for no texts
 * @param min the shortest length
 * @param mean the mean length
 * @param median half of the texts are no longer than this
 * @param percentile95 95 of 100 texts are no longer than this
 * @param max the greatest length
 */
public record LengthHistogram(
    List<Bin> bins, int min, double mean, int median, int percentile95, int max) {

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
}
