package io.refract.snowflake.embedded;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** Thrown when an embedded Snowflake cannot be started or stopped. */
public final class EmbeddedSnowflakeException extends RefractException {

  private static final long serialVersionUID = 1L;

  EmbeddedSnowflakeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
