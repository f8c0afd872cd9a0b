package io.refract.train.data;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Data cannot be read, split or turned into batches. */
public final class DataException extends RefractException {

  private static final long serialVersionUID = 1L;

  DataException(String message) {
    this(message, null);
  }

  DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
