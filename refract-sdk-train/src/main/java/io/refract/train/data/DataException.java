package io.refract.train.data;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Data cannot be read, split or turned into batches. */
public final class DataException extends RefractException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with its message. */
  public DataException(String message) {
    this(message, null);
  }

  /** Creates the exception with its message and cause. */
  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
