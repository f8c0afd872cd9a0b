package io.refract.registry;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when the registry refuses something, lacks something, or finds itself damaged. */
public final class RegistryException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public RegistryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
