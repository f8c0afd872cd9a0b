package io.refract.train;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when a training cannot go on. The model keeps the weights of the last good update. */
public final class TrainingException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message what was attempted, on what, what happened, what to do
   */
  public TrainingException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
