package io.refract.train.generation.internal;

/** Changes the scores of the next token; negative infinity excludes a token. */
@FunctionalInterface
interface ScoreProcessor {

  /**
   * Changes one row of scores in place.
   *
   * @param prefix the tokens so far
   * @param scores scores of many rows: logits, and with beams log-probabilities
   * @param offset where the row begins
   * @param vocabulary its length
   */
  void process(Prefix prefix, float[] scores, int offset, int vocabulary);
}
