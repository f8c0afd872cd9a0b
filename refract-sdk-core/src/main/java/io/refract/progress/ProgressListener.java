package io.refract.progress;

/**
 * Hears of the progress of everything in the SDK that can take longer than two seconds.
 *
 * <p>Implementations must be thread-safe and fast: they are called from the working threads.
 */
@FunctionalInterface
public interface ProgressListener {

  /**
   * Takes one report.
   *
   * @param event the report
   */
  void onProgress(ProgressEvent event);

  /** Returns a listener that does nothing. */
  static ProgressListener none() {
    return event -> {};
  }
}
