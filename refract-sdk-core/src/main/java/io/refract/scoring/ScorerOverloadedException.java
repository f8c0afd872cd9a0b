package io.refract.scoring;

import io.refract.RefractException;

/**
 * Thrown when a {@link BatchingScorer} has no place for a request. Nothing was scored; the same
 * request may succeed later. A server answers it with 429 or 503.
 */
public final class ScorerOverloadedException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   */
  public ScorerOverloadedException(String message) {
    super(message, null);
  }
}
