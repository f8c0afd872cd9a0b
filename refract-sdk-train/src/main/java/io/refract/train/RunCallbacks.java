package io.refract.train;

import com.google.common.base.Throwables;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.callback.TrainingPlan;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks of one run, in their order. Those that have heard of its start hear of its end,
 * whatever the run and the other callbacks throw.
 */
final class RunCallbacks implements AutoCloseable {

  private final List<TrainingCallback> all;
  private int started;
  private int steps;

  RunCallbacks(List<TrainingCallback> all) {
    this.all = List.copyOf(all);
  }

  /** Returns what each must remember. */
  List<Map<String, String>> states() {
    return all.stream().map(TrainingCallback::state).toList();
  }

  /** Gives each back what it had to remember. */
  void restore(List<Map<String, String>> states) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).restore(states.get(i));
    }
  }

  void onStart(TrainingPlan plan) {
    steps = plan.firstStep();
    for (TrainingCallback callback : all) {
      callback.onStart(plan);
      started++;
    }
  }

  void onStep(StepReport report) {
    steps = report.step();
    all.forEach(callback -> callback.onStep(report));
  }

  void onEvaluation(EvaluationReport report) {
    all.forEach(callback -> callback.onEvaluation(report));
  }

  void onEpoch(EpochReport report) {
    all.forEach(callback -> callback.onEpoch(report));
  }

  /** Returns the first reason to end, or null to go on. */
  @Nullable String stopReason() {
    return all.stream()
        .flatMap(callback -> callback.stopReason().stream())
        .findFirst()
        .orElse(null);
  }

  /**
   * Tells of the end. What a callback throws keeps no other from hearing of it; it is thrown
   * afterwards, the first with the others attached.
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // An exception cannot be attached to itself.
  public void close() {
    Throwable failure = null;
    for (TrainingCallback callback : all.subList(0, started)) {
      try {
        callback.onEnd(steps);
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    started = 0;
    if (failure != null) {
      Throwables.throwIfUnchecked(failure);
    }
  }
}
