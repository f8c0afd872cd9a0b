package io.refract.train.callback;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when a callback cannot do its work, for example write its file; it ends the training. */
public final class CallbackException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public CallbackException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
