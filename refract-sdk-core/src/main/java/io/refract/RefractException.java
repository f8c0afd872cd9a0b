package io.refract;

import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions that the SDK throws, apart from argument errors, which stay {@link
 * IllegalArgumentException}.
 *
 * <p>The message says, in this order, what was attempted, on which object, what happened, and what
 * to do. It never holds a secret.
 */
public abstract class RefractException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  protected RefractException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
