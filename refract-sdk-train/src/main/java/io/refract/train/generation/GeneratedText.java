package io.refract.train.generation;

import java.util.List;

/**
 * A generated sequence.
 *
 * @param input which of the inputs it belongs to, from 0
 * @param sequence which of the sequences of this input it is, from 0; with beams the best is 0
 * @param text the text, special tokens removed
 * @param ids the token ids without start token and padding; the end token is the last one unless
 *     the most new tokens were reached
 * @param score with beams, the log-probability over the length penalty ({@code sequences_scores} of
 *     transformers); else the sum of the log-probabilities, in nats
 * @param tokenLogProbabilities one for each id, in nats, under the distribution that the token was
 *     taken from, all rules applied. They are those of {@code compute_transition_scores} of
 *     transformers: with beams with {@code normalize_logits=False}, so that their sum over the
 *     length penalty is the score; else with {@code normalize_logits=True}
 */
public record GeneratedText(
    int input,
    int sequence,
    String text,
    List<Integer> ids,
    double score,
    List<Double> tokenLogProbabilities) {

  /** Copies the lists. */
  public GeneratedText {
    ids = List.copyOf(ids);
    tokenLogProbabilities = List.copyOf(tokenLogProbabilities);
  }
}
