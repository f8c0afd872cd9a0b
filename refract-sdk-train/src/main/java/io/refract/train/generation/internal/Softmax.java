package io.refract.train.generation.internal;

/**
 * The probabilities that a row of scores stands for.
 *
 * @param logSum the logarithm of the sum of the exponentials of the scores
 */
record Softmax(double logSum) {

  static Softmax of(float[] scores, int offset, int length) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + length; i++) {
      best = Math.max(best, scores[i]);
    }
    double sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += scores[i] == Float.NEGATIVE_INFINITY ? 0 : Math.exp(scores[i] - best);
    }
    return new Softmax(best + Math.log(sum));
  }

  /** Returns the log-probability of a token with this score, in nats. */
  double logProbability(float score) {
    return score - logSum;
  }

  double probability(float score) {
    return Math.exp(logProbability(score));
  }
}
