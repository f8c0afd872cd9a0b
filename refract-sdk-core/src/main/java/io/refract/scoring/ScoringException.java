package io.refract.scoring;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when a model cannot be opened for scoring, or when its score function fails. */
public final class ScoringException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public ScoringException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
