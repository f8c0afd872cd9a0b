package io.refract.train.metric;

/**
 * What one kind of ROUGE says about one pair of texts, each between 0 and 1.
 *
 * @param precision the part of the prediction that is in the reference
 * @param recall the part of the reference that is in the prediction
 * @param fMeasure their harmonic mean
 */
record RougeScore(double precision, double recall, double fMeasure) {

  private static final RougeScore NOTHING = new RougeScore(0, 0, 0);

  /** Nothing in common scores 0 throughout, and so does an empty text. */
  static RougeScore of(int hits, int referenceLength, int predictionLength) {
    if (hits == 0) {
      return NOTHING;
    }
    double precision = (double) hits / predictionLength;
    double recall = (double) hits / referenceLength;
    return new RougeScore(precision, recall, 2 * precision * recall / (precision + recall));
  }
}
