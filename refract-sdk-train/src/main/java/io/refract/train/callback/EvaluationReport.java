package io.refract.train.callback;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.Map;

/**
 * One evaluation during a training.
 *
 * @param step the updates made before it; 0 before the first
 * @param epoch the epoch it falls into, from 1; 0 before the first update
 * @param metrics the values by plain name, {@code loss} first
 * @param duration how long it took
 */
public record EvaluationReport(
    int step, int epoch, Map<String, Double> metrics, Duration duration) {

  /** Copies the metrics. */
  public EvaluationReport {
    metrics = ImmutableMap.copyOf(metrics);
  }
}
