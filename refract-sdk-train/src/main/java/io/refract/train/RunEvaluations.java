package io.refract.train;

import static java.util.Objects.requireNonNull;

import io.refract.train.callback.EvaluationReport;
import io.refract.train.data.Dataset;
import io.refract.train.evaluation.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The evaluations of one run: when they are due, what they measured last, which was the best. */
final class RunEvaluations {

  private static final int NEVER = -1;

  private final TrainingTask task;
  private final Set<String> metrics;
  private Optional<TrainingState.Best> best = Optional.empty();
  private Map<String, Double> metricsBefore = Map.of();
  private List<String> predictionsBefore = List.of();
  private @Nullable EvaluationResult last;
  private int lastStep = NEVER;

  private RunEvaluations(TrainingTask task, Set<String> metrics) {
    this.task = task;
    this.metrics = metrics;
  }

  /**
   * Checks that the evaluations can be made, since the first may come after hours.
   *
   * @throws TrainingException if a metric cannot measure the validation data, or none gives the
   *     value that tells the best model
   */
  static RunEvaluations of(TrainingTask task) {
    Dataset validation = task.validation();
    if (validation == null) {
      return new RunEvaluations(task, Set.of());
    }
    try {
      Set<String> metrics = task.evaluator().metricNames(validation);
      task.best().ifPresent(best -> best.requireIn(metrics));
      return new RunEvaluations(task, metrics);
    } catch (IllegalArgumentException e) {
      throw new TrainingException(
          "Cannot train: a metric cannot measure the validation data %s: %s. Give the metric what it lacks, or correct the data."
              .formatted(validation, e.getMessage()),
          e);
    }
  }

  /** Returns the names of what each evaluation measures; none without validation data. */
  Set<String> metrics() {
    return metrics;
  }

  /** Goes on from where an earlier run stopped. */
  void restore(TrainingState state) {
    best = state.best();
    metricsBefore = state.metricsBefore();
  }

  /** Returns whether an update is followed by an evaluation. */
  boolean isDue(int step, boolean epochEnds) {
    boolean due =
        epochEnds
            || (task.evaluateEverySteps().isPresent()
                && step % task.evaluateEverySteps().getAsInt() == 0);
    return due && task.validation() != null;
  }

  /** Evaluates before the first update. */
  EvaluationReport measureBefore() {
    EvaluationReport report = measure(0, 0);
    metricsBefore = report.metrics();
    predictionsBefore = last == null ? List.of() : last.predictions();
    return report;
  }

  /** Evaluates the weights that the model has after an update. */
  EvaluationReport measure(int step, int epoch) {
    EvaluationResult result = evaluate();
    last = result;
    lastStep = step;
    return new EvaluationReport(step, epoch, result.metrics(), result.duration());
  }

  private EvaluationResult evaluate() {
    return task.evaluator().evaluate(requireNonNull(task.validation(), "validation"));
  }

  /** Returns whether an evaluation is the best so far, which it then is to beat. */
  boolean isBest(EvaluationReport report) {
    if (task.best().isEmpty()) {
      return false;
    }
    BestModel by = task.best().get();
    double value = by.valueOf(report.metrics());
    // No number must not become the best: no other would be better.
    if (Double.isNaN(value) || (best.isPresent() && !by.isBetter(value, best.get().value()))) {
      return false;
    }
    best = Optional.of(new TrainingState.Best(report.step(), value));
    return true;
  }

  /** Returns the best so far. */
  Optional<TrainingState.Best> best() {
    return best;
  }

  /** Returns what the evaluation before the first update measured; empty when there was none. */
  Map<String, Double> metricsBefore() {
    return metricsBefore;
  }

  /** Returns what was generated before the first update; empty when nothing was. */
  List<String> predictionsBefore() {
    return predictionsBefore;
  }

  /** Returns what the last epoch's end measured; empty without validation data. */
  Map<String, Double> lastMetrics() {
    return last == null ? Map.of() : last.metrics();
  }

  /**
   * Returns the evaluation of the weights that the model has at the end.
   *
   * @param step the update that these weights come from
   * @param hurry whether there is no time for another evaluation
   * @return the last evaluation when it was of these weights, or else a new one; null when there is
   *     no time or there are no validation data
   */
  @Nullable EvaluationResult ofWeightsAfter(int step, boolean hurry) {
    if (lastStep == step) {
      return last;
    }
    return hurry || task.validation() == null ? null : evaluate();
  }
}
