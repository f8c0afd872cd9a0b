package io.refract.train.callback;

import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import java.util.Locale;

/** Reports every update to a {@link ProgressListener}, for example to a progress bar. */
public final class ProgressCallback implements TrainingCallback {

  private final ProgressListener listener;

  /**
   * Creates a callback.
   *
   * @param listener what hears of the progress
   */
  public ProgressCallback(ProgressListener listener) {
    this.listener = requireNonNull(listener, "listener");
  }

  @Override
  public void onStep(StepReport report) {
    String note =
        String.format(
            Locale.ROOT,
            "epoch %d, loss %.4f, %.0f tokens/s, learning rate %.2e",
            report.epoch(),
            report.loss(),
            report.tokensPerSecond(),
            report.learningRate());
    listener.onProgress(
        new ProgressEvent("training", report.step(), report.totalSteps(), "steps", note));
  }
}
