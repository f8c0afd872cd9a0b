package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * How many beams are searched, and when the search ends.
 *
 * <p>Source: {@code GenerationMixin._beam_search} of transformers 4.50 and later.
 *
 * @param numBeams sequences that are followed at once, at least 1; 1, the default, is greedy search
 * @param lengthPenalty the exponent p of a finished sequence's score, which is its log-probability
 *     over (generated tokens, end token included)<sup>p</sup>: above 0, long sequences gain, below
 *     0, short ones; default 1
 * @param earlyStopping when a search ends; default {@link EarlyStopping#FALSE}
 * @param numReturnSequences sequences for each input, at least 1; with beams at most numBeams;
 *     default 1
 */
public record BeamSettings(
    int numBeams, double lengthPenalty, EarlyStopping earlyStopping, int numReturnSequences) {

  /** When a beam search ends before the longest allowed length. */
  public enum EarlyStopping {
    /** As soon as numBeams sequences are finished. */
    TRUE,
    /** When the best open beam, ended now, would not beat the worst finished sequence. */
    FALSE,
    /**
     * When no open beam can beat the worst finished sequence; with a length penalty above 0 the
     * longest allowed length is what counts.
     */
    NEVER
  }

  static final BeamSettings DEFAULTS = new BeamSettings(1, 1, EarlyStopping.FALSE, 1);

  /** Checks every value by itself. */
  public BeamSettings {
    checkArgument(numBeams >= 1, "num_beams must be at least 1 but was %s", numBeams);
    checkArgument(
        Double.isFinite(lengthPenalty), "length_penalty must be finite but was %s", lengthPenalty);
    requireNonNull(earlyStopping, "earlyStopping");
    checkArgument(
        numReturnSequences >= 1,
        "num_return_sequences must be at least 1 but was %s",
        numReturnSequences);
  }
}
