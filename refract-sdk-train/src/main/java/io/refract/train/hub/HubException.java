package io.refract.train.hub;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** A model of the hub could not be downloaded, or is not in the cache. */
public final class HubException extends RefractException {

  private static final long serialVersionUID = 1L;

  private final boolean definite;

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on which model, what happened, what to do
   */
  public HubException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception.
   *
   * @param message what was attempted, on which model, what happened, what to do
   * @param cause the failure underneath, or null when there is none
   */
  public HubException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private HubException(String message, @Nullable Throwable cause, boolean definite) {
    super(message, cause);
    this.definite = definite;
  }

  /** Creates an exception for what no copy in the cache can make up for. */
  static HubException definite(String message) {
    return new HubException(message, null, true);
  }

  boolean isDefinite() {
    return definite;
  }
}
