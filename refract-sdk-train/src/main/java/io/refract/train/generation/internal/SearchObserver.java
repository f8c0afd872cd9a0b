package io.refract.train.generation.internal;

import java.util.List;

/** Watches a search, on the thread that searches. */
public interface SearchObserver {

  /** One that does nothing. */
  SearchObserver NONE = new SearchObserver() {};

  /** Returns whether the search shall end; it is asked before every step. */
  default boolean cancelled() {
    return false;
  }

  /** Returns whether {@link #token} wants to be called; beam search cannot. */
  default boolean wantsTokens() {
    return false;
  }

  /**
   * Takes the newest token of a sequence.
   *
   * @param source the number of the source
   * @param sequence which of its sequences, from 0
   * @param token the token
   * @param last whether the sequence ends with it
   */
  default void token(int source, int sequence, int token, boolean last) {}

  /**
   * Takes the result of a source, as soon as it is known.
   *
   * @param source the number of the source
   * @param hypotheses its sequences, the best first
   */
  default void finished(int source, List<Hypothesis> hypotheses) {}
}
