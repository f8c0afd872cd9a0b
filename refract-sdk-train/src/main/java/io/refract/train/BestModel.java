package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Set;

/**
 * Which evaluation of a training is the best.
 *
 * @param metric the name of the value, for example {@code loss} or {@code rougeL}
 * @param greaterIsBetter whether a greater value is better
 */
public record BestModel(String metric, boolean greaterIsBetter) {

  /** Checks the name. */
  public BestModel {
    checkArgument(!requireNonNull(metric, "metric").isBlank(), "metric must not be blank");
  }

  /**
   * Returns the evaluation with the best value of a metric: the least for names that end in {@code
   * loss}, the greatest for all others.
   */
  public static BestModel by(String metric) {
    return new BestModel(metric, !metric.endsWith("loss"));
  }

  /**
   * Checks that evaluations have the value.
   *
   * @param names the names of what they measure
   */
  void requireIn(Set<String> names) {
    if (!names.contains(metric)) {
      throw new TrainingException(
          "Cannot tell the best model: evaluations have no metric '%s', only %s. Name one of these, or add the metric with metric(...)."
              .formatted(metric, names));
    }
  }

  /** Returns the value of an evaluation. */
  double valueOf(Map<String, Double> metrics) {
    requireIn(metrics.keySet());
    return requireNonNull(metrics.get(metric), metric);
  }

  /** Returns whether a value is better than the best so far. */
  boolean isBetter(double value, double best) {
    return greaterIsBetter ? value > best : value < best;
  }
}
