package io.refract.train.callback;

/**
 * Hears of a running training, on the training's own thread: what it takes long for, the training
 * waits for, and what it throws ends the training.
 */
public interface TrainingCallback {

  /**
   * Hears that an update was made.
   *
   * @param report the update
   */
  default void onStep(StepReport report) {}

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
}
