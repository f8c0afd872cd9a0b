package io.refract.artifact;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when the files of an artifact cannot be read or are not what their manifest says. */
public final class ArtifactException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public ArtifactException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
