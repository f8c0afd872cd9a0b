package io.refract.train.generation.internal;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;

/**
 * A sequence that a search found.
 *
 * @param tokens the generated tokens without start token and padding, the end token last unless the
 *     most tokens allowed were reached before
 * @param score with beams, the log-probability after length penalty; else the sum of the
 *     log-probabilities; 0 when no scores were asked for
 * @param logProbabilities of each token, in nats, under the distribution that it was taken from,
 *     rules applied; with beams not normalised again after the rules; empty when no scores were
 *     asked for
 */
public record Hypothesis(
    ImmutableIntArray tokens, double score, ImmutableDoubleArray logProbabilities) {

  /** Returns the tokens as an array. */
  public int[] ids() {
    return tokens.toArray();
  }
}
