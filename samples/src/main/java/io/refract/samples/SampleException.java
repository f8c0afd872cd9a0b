package io.refract.samples;

/** A sample cannot go on; the message says why and what to do. */
final class SampleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SampleException(String message) {
    super(message);
  }
}
