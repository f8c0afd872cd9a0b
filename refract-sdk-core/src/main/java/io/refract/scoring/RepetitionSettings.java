package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What is done against repetitions.
 *
 * @param repetitionPenalty above 0: what the score of a token that is in the sequence already is
 *     multiplied by when negative, and divided by when not; it acts on logits, and with beams on
 *     log-probabilities; default 1, none
 * @param noRepeatNgramSize no n tokens in a row occur twice in an output; default 0, allowed
 * @param encoderNoRepeatNgramSize no n tokens in a row of the input, its end token included, occur
 *     in the output; default 0, allowed
 */
public record RepetitionSettings(
    double repetitionPenalty, int noRepeatNgramSize, int encoderNoRepeatNgramSize) {

  static final RepetitionSettings DEFAULTS = new RepetitionSettings(1, 0, 0);

  /** Checks every value. */
  public RepetitionSettings {
    checkArgument(
        repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
        "repetition_penalty must be above 0 but was %s",
        repetitionPenalty);
    checkArgument(
        noRepeatNgramSize >= 0,
        "no_repeat_ngram_size must not be negative but was %s",
        noRepeatNgramSize);
    checkArgument(
        encoderNoRepeatNgramSize >= 0,
        "encoder_no_repeat_ngram_size must not be negative but was %s",
        encoderNoRepeatNgramSize);
  }
}
