package io.refract.benchmarks;

/** Says that the SDK does not do what was asked for; the report shows the reason. */
final class UnsupportedCaseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnsupportedCaseException(String reason) {
    super(reason);
  }
}
