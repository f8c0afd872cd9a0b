package io.refract.train.callback;

import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import java.util.Locale;

/**
 * Reports every update to a {@link ProgressListener}, for example to a progress bar, which then
 * shows loss, tokens per second and the time that is left.
 */
public final class ProgressCallback implements TrainingCallback {

  private static final String TASK = "training";
  private static final String UNIT = "steps";

  private final ProgressListener listener;
  private int totalSteps;

  /**
   * Creates a callback.
   *
   * @param listener what hears of the progress
   */
  public ProgressCallback(ProgressListener listener) {
    this.listener = requireNonNull(listener, "listener");
  }

  /** The first report gives the time from which the speed is measured. */
  @Override
  public void onStart(TrainingPlan plan) {
    totalSteps = plan.totalSteps();
    listener.onProgress(new ProgressEvent(TASK, plan.firstStep(), totalSteps, UNIT, ""));
  }

  @Override
  public void onStep(StepReport report) {
    String note =
        String.format(
            Locale.ROOT,
            "loss %.4f, %.0f tokens/s, epoch %d, learning rate %.2e",
            report.loss(),
            report.tokensPerSecond(),
            report.epoch(),
            report.learningRate());
    listener.onProgress(new ProgressEvent(TASK, report.step(), report.totalSteps(), UNIT, note));
  }

  /** A training that ends early is complete with what it has done. */
  @Override
  public void onEnd(int steps) {
    if (steps < totalSteps) {
      String note = "ended before step " + totalSteps;
      listener.onProgress(new ProgressEvent(TASK, steps, steps, UNIT, note));
    }
  }
}
