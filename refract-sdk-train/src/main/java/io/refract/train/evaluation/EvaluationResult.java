package io.refract.train.evaluation;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation measured.
 *
 * @param metrics the values by plain name, in a fixed order: {@code loss} first, which is the mean
 *     cross entropy per target token in nats with teacher forcing, so it looks better than what the
 *     model generates on its own; then those of the metrics, for example {@code exact_match}
 * @param rows how many examples were evaluated
 * @param duration how long it took
 * @param predictions the generated texts in the order of the examples; empty when nothing was
 *     generated
 */
public record EvaluationResult(
    Map<String, Double> metrics, int rows, Duration duration, List<String> predictions) {

  /** Copies the collections. */
  public EvaluationResult {
    metrics = ImmutableMap.copyOf(metrics);
    predictions = List.copyOf(predictions);
  }

  /** Returns how long the evaluation took, in seconds. */
  public double seconds() {
    return duration.toNanos() / 1e9;
  }
}
