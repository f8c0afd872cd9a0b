package io.refract.snowflake.stage;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Files that could not be brought to a stage or back. */
public final class StageException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public StageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
