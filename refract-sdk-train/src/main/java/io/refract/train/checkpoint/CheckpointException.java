package io.refract.train.checkpoint;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** A checkpoint could not be read or written. */
public final class CheckpointException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on which file, what happened, what to do
   */
  public CheckpointException(String message) {
    super(message, null);
  }

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on which file, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
