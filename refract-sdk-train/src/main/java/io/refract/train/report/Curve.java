package io.refract.train.report;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Values over steps.
 *
 * @param name what is measured
 * @param colour the number of its colour in the style sheet, from 0
 * @param look how it is drawn
 * @param steps ascending
 * @param values as many
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never given away
record Curve(String name, int colour, Look look, double[] steps, double[] values) {

  /** How a curve is drawn. */
  enum Look {
    LINE,
    /** Thin and pale, behind the others. */
    FAINT,
    /** A line whose points are marked. */
    POINTS
  }

  /** A curve of fewer values is its own smooth curve. */
  private static final int SMOOTHED_FROM = 30;

  /** The part of the curve over which most of a smoothed value's weight lies. */
  private static final double SMOOTHED_PART = 1.0 / 40;

  boolean canBeSmoothed() {
    return values.length >= SMOOTHED_FROM;
  }

  /**
   * Returns the exponential moving average, without the pull to its start (the correction of Kingma
   * and Ba, "Adam", 2015, section 3). Values that are not finite are passed over.
   */
  Curve smoothed(String newName, int newColour) {
    double keep = 1 - 2 / (values.length * SMOOTHED_PART + 1);
    double[] smooth = new double[values.length];
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < smooth.length; i++) {
      if (Double.isFinite(values[i])) {
        sum = keep * sum + (1 - keep) * values[i];
        weight = keep * weight + (1 - keep);
      }
      smooth[i] = weight == 0 ? Double.NaN : sum / weight;
    }
    return new Curve(newName, newColour, Look.LINE, steps, smooth);
  }

  /**
   * Returns a curve of fewer points that looks the same: of every bucket of neighbouring points the
   * lowest and the highest are kept, so that no spike is lost, and one that is not finite, so that
   * no gap is.
   *
   * @param buckets into how many buckets the points are cut, if there are more than twice as many
   */
  Curve thinned(int buckets) {
    int size = values.length;
    if (size <= 2 * buckets) {
      return this;
    }
    BitSet kept = new BitSet(size);
    kept.set(0);
    kept.set(size - 1);
    for (int bucket = 0; bucket < buckets; bucket++) {
      keepExtremes(
          kept,
          (int) ((long) size * bucket / buckets),
          (int) ((long) size * (bucket + 1) / buckets));
    }
    int[] indexes = kept.stream().toArray();
    return new Curve(
        name,
        colour,
        look,
        Arrays.stream(indexes).mapToDouble(i -> steps[i]).toArray(),
        Arrays.stream(indexes).mapToDouble(i -> values[i]).toArray());
  }

  private void keepExtremes(BitSet kept, int from, int to) {
    int lowest = -1;
    int highest = -1;
    int gap = -1;
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(values[i])) {
        gap = i;
      } else {
        lowest = lowest < 0 || values[i] < values[lowest] ? i : lowest;
        highest = highest < 0 || values[i] > values[highest] ? i : highest;
      }
    }
    for (int index : new int[] {lowest, highest, gap}) {
      if (index >= 0) {
        kept.set(index);
      }
    }
  }
}
