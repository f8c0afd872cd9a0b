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
   * Returns what this callback must remember when the training is resumed in another JVM, small
   * enough for a checkpoint; the training asks for it whenever it writes one, after every update
   * and evaluation before it was heard of. Keys and values are free; most callbacks have none.
   *
   * @return the state by name, not null
   */
  default Map<String, String> state() {
    return Map.of();
  }

  /**
   * Takes over the state that a callback of the same kind had at the checkpoint from which the
   * training goes on. Called before {@link #onStart}, and only when the training is resumed.
   *
   * @param state what {@link #state()} returned then; empty when nothing was kept
   * @throws IllegalArgumentException when the state is not one of this callback
   */
  default void restore(Map<String, String> state) {}
}
