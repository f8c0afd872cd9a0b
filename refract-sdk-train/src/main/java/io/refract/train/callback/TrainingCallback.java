package io.refract.train.callback;

import java.util.Map;
import java.util.Optional;

/**
 * Hears of a running training, on the training's own thread: what it takes long for, the training
 * waits for, and what it throws ends the training.
 */
public interface TrainingCallback {

  /**
   * Hears that a training begins, before its first evaluation and update.
   *
   * @param plan what it is about to do
   */
  default void onStart(TrainingPlan plan) {}

  /**
   * Hears that an update was made.
   *
   * @param report the update
   */
  default void onStep(StepReport report) {}

  /**
   * Hears of an evaluation: before the first update, every so many updates, or at the end of an
   * epoch, as the training was told.
   *
   * @param report the evaluation
   */
  default void onEvaluation(EvaluationReport report) {}

  /**
   * Hears that an epoch has ended, after its evaluation.
   *
   * @param report the epoch
   */
  default void onEpoch(EpochReport report) {}

  /**
   * Hears that the training is over. Called once, also when it failed.
   *
   * @param steps how many updates were made
   */
  default void onEnd(int steps) {}

  /**
   * Returns why the training shall end now; asked after every update and every evaluation.
   *
   * @return the reason in words, or empty to go on
   */
  default Optional<String> stopReason() {
    return Optional.empty();
  }

  /**
   * Returns what a resumed training needs to give back to this callback; saved with each
   * checkpoint.
   */
  default Map<String, String> state() {
    return Map.of();
  }

  /**
   * Takes back what {@link #state()} returned when the checkpoint was written; called before {@link
   * #onStart}.
   */
  default void restore(Map<String, String> state) {}
}
