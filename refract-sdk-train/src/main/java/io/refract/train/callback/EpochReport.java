package io.refract.train.callback;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.Map;

/**
 * One epoch of a training.
 *
 * @param epoch the epoch's number, from 1
 * @param step the number of the epoch's last update
 * @param trainingLoss mean cross entropy over the epoch's target tokens, in nats, each batch
 *     measured before its update and with dropout
 * @param metrics what the evaluation at the end of the epoch measured, by plain name such as {@code
 *     loss} or {@code exact_match}, in the evaluation's order; empty without validation data
 * @param duration how long the epoch took, its evaluation included
 */
public record EpochReport(
    int epoch, int step, double trainingLoss, Map<String, Double> metrics, Duration duration) {

  /** Copies the metrics. */
  public EpochReport {
    metrics = ImmutableMap.copyOf(metrics);
  }
}
