package io.refract.train.callback;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.train.metric.Metric;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training whose validation no longer gets better.
 *
 * <pre>{@code
 * EarlyStopping.on("loss").patience(5).minDelta(0.001);
 * EarlyStopping.on(Rouge.L());
 * }</pre>
 *
 * <p>It counts evaluations: after {@link #patience} evaluations in a row, none of which was better
 * than the best before by more than {@link #minDelta}, it gives a {@link #stopReason()}. The
 * evaluation before the first update is where it starts from. A value that is no number is never
 * better. Only an evaluation that is better by more than {@code minDelta} becomes the new best, so
 * that many tiny steps count as one once they are large enough together.
 *
 * <p>A loss or perplexity is better when it is lower, any other value when it is higher, unless
 * {@link #lowerIsBetter()} or {@link #higherIsBetter()} says otherwise.
 *
 * <p>One instance serves one training at a time; it starts anew with the next. The best value and
 * the count survive a resume. Not thread-safe.
 */
public final class EarlyStopping implements TrainingCallback {

  private static final int DEFAULT_PATIENCE = 3;

  private final String metric;
  private boolean lowerIsBetter;
  private int patience = DEFAULT_PATIENCE;
  private double minDelta;

  private boolean restored;
  private @Nullable Double best;
  private int bestStep;
  private int withoutGain;

  private EarlyStopping(String metric) {
    this.metric = metric;
    String name = metric.toLowerCase(Locale.ROOT);
    this.lowerIsBetter = name.endsWith("loss") || name.endsWith("perplexity");
  }

  /**
   * Watches a value of the evaluations.
   *
   * @param metric its plain name, for example {@code "loss"} or {@code "rougeL"}
   * @throws IllegalArgumentException if the name is blank
   */
  public static EarlyStopping on(String metric) {
    checkArgument(!metric.isBlank(), "the name of the metric must not be blank");
    return new EarlyStopping(metric);
  }

  /**
   * Watches the value that stands for a metric.
   *
   * @param metric the metric; the evaluations of the training must compute it
   */
  public static EarlyStopping on(Metric metric) {
    return on(metric.name());
  }

  /**
   * Sets how many evaluations in a row may bring no gain before the training ends; default 3.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public EarlyStopping patience(int evaluations) {
    checkArgument(evaluations >= 1, "patience must be at least 1 but was %s", evaluations);
    patience = evaluations;
    return this;
  }

  /**
   * Sets by how much a value must be better to count, in the unit of the metric; default 0.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public EarlyStopping minDelta(double value) {
    checkArgument(
        value >= 0 && Double.isFinite(value),
        "minDelta must be finite and at least 0 but was %s",
        value);
    minDelta = value;
    return this;
  }

  /** Lets lower values be better. */
  public EarlyStopping lowerIsBetter() {
    lowerIsBetter = true;
    return this;
  }

  /** Lets higher values be better. */
  public EarlyStopping higherIsBetter() {
    lowerIsBetter = false;
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * @throws CallbackException if no evaluation of the training measures the watched value
   */
  @Override
  public void onStart(TrainingPlan plan) {
    if (plan.metrics().isEmpty()) {
      throw new CallbackException(
          "Early stopping watches '%s', but the training has no validation data, so that nothing is measured. Give it some with validation(...), or leave early stopping away."
              .formatted(metric),
          null);
    }
    if (!plan.metrics().contains(metric)) {
      throw new CallbackException(
          "Early stopping watches '%s', but the evaluations of the training measure only %s. Name one of these, or add the metric with metric(...)."
              .formatted(metric, plan.metrics()),
          null);
    }
    if (!restored) {
      best = null;
      bestStep = 0;
      withoutGain = 0;
    }
    restored = false;
  }

  /**
   * {@inheritDoc}
   *
   * @throws CallbackException if the evaluation did not measure the watched value
   */
  @Override
  public void onEvaluation(EvaluationReport report) {
    Double value = report.metrics().get(metric);
    if (value == null) {
      throw new CallbackException(
          "Early stopping watches '%s', but the evaluation after step %d measured %s. Name one of them, or let the evaluation compute that metric."
              .formatted(metric, report.step(), report.metrics().keySet()),
          null);
    }
    if (isBetter(value)) {
      best = value;
      bestStep = report.step();
      withoutGain = 0;
    } else if (best != null) {
      withoutGain++;
    }
  }

  private boolean isBetter(double value) {
    if (Double.isNaN(value)) {
      return false;
    }
    if (best == null) {
      return true;
    }
    return lowerIsBetter ? value < best - minDelta : value > best + minDelta;
  }

  @Override
  public Optional<String> stopReason() {
    if (withoutGain < patience) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s was not better than %.6g of step %d in the last %d evaluations",
            metric,
            best,
            bestStep,
            withoutGain));
  }

  @Override
  public Map<String, String> state() {
    Map<String, String> state = new LinkedHashMap<>();
    state.put("metric", metric);
    if (best != null) {
      state.put("best", Double.toString(best));
      state.put("bestStep", Integer.toString(bestStep));
      state.put("withoutGain", Integer.toString(withoutGain));
    }
    return state;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A state of another metric is refused: its best value says nothing about this one.
   */
  @Override
  public void restore(Map<String, String> state) {
    checkArgument(
        state.isEmpty() || metric.equals(state.get("metric")),
        "early stopping on '%s' cannot go on from the state %s: resume with the metric that was"
            + " watched, or start anew",
        metric,
        state);
    try {
      String value = state.get("best");
      best = value == null ? null : Double.valueOf(value);
      bestStep = Integer.parseInt(state.getOrDefault("bestStep", "0"));
      withoutGain = Integer.parseInt(state.getOrDefault("withoutGain", "0"));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "early stopping on '" + metric + "' cannot go on from the state " + state, e);
    }
    restored = true;
  }

  @Override
  public String toString() {
    return "EarlyStopping[%s, patience %d, minDelta %s]".formatted(metric, patience, minDelta);
  }
}
