package io.refract.train.report;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when a report cannot be written. */
public final class ReportException extends RefractException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on what, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public ReportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
