package io.refract.snowflake.deploy;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** A model that cannot be deployed, or whose function does not work after it was created. */
public final class DeploymentException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public DeploymentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
