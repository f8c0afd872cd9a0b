package io.refract.train.metric;

/**
 * How well one label, or the mean of several, is found. Each value is 0 where its divisor is 0, as
 * scikit-learn has it with {@code zero_division=0}.
 *
 * @param label the label, or the kind of mean
 * @param precision of the predictions of this label, the share that is right: TP / (TP + FP)
 * @param recall of the examples of this label, the share that is found: TP / (TP + FN)
 * @param f1 the harmonic mean of both: 2 TP / (2 TP + FP + FN)
 * @param support how many examples truly have the label
 */
public record LabelScore(String label, double precision, double recall, double f1, long support) {

  /** Returns the score of a label from its counts. */
  static LabelScore of(String label, long hits, long predicted, long support) {
    return new LabelScore(
        label,
        ratio(hits, predicted),
        ratio(hits, support),
        ratio(2 * hits, predicted + support),
        support);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
