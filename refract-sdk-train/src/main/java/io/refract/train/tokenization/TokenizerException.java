package io.refract.train.tokenization;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/** A tokenizer cannot be read, used or written. */
public final class TokenizerException extends RefractException {

  private static final long serialVersionUID = 1L;

  TokenizerException(String message) {
    this(message, null);
  }

  TokenizerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
