package io.refract.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.internal.AdamWOptimizer;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.t5.internal.GradMode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes updates from batches: forward, backward, norm, clip, AdamW.
 *
 * <p>The losses of a group of batches are summed, and divided by the target tokens of the whole
 * group, so that an update does not depend on how its examples are cut into batches. The division
 * and the clipping are one factor of the update; the engine accumulates plain sums.
 *
 * <p>Grad mode belongs to a thread: it is on during forward and backward only, and afterwards as it
 * was. Not thread-safe.
 */
final class TrainingLoop implements AutoCloseable {

  /** The increment of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private static final String ADVICE =
      "The weights of the last good step are kept. Lower the learning rate, or look at the"
          + " examples of that batch.";

  private final TeacherForced model;
  private final Collection<NDArray> parameters;
  private final TrainingConfig config;
  private final int totalSteps;
  private final AdamWOptimizer optimizer;
  private long batches;

  /**
   * One update.
   *
   * @param step its number, from 1
   * @param lossSum sum of the cross entropies, in nats
   * @param targetTokens how many tokens that sum is over
   * @param gradientNorm the norm of the mean loss's gradient before clipping
   * @param learningRate the learning rate of the update
   */
  record Update(
      int step, double lossSum, long targetTokens, double gradientNorm, double learningRate) {

    /** Returns the mean cross entropy per target token, in nats. */
    double loss() {
      return lossSum / targetTokens;
    }
  }

  /**
   * Prepares a model for training; {@link #close()} takes that back.
   *
   * @param totalSteps the updates after which the schedule ends
   */
  TrainingLoop(TeacherForced model, TrainingConfig config, int totalSteps) {
    this.model = model;
    this.parameters = model.parameters().values();
    this.config = config;
    this.totalSteps = totalSteps;
    parameters.forEach(parameter -> parameter.setRequiresGradient(true));
    this.optimizer = new AdamWOptimizer(config.optimizer(), model.manager(), model.parameters());
  }

  /**
   * Makes one update.
   *
   * @param group the batches of the update, at least one
   * @throws TrainingException if a loss or the norm of the gradients is not finite; then nothing
   *     was updated
   */
  Update step(List<LoadedBatch> group) {
    int step = optimizer.steps() + 1;
    try {
      double lossSum = 0;
      long targetTokens = 0;
      for (LoadedBatch loaded : group) {
        lossSum += GradMode.on(() -> backward(loaded, step));
        targetTokens += loaded.batch().targetTokens();
      }
      double norm = Gradients.norm(model.manager(), parameters) / targetTokens;
      if (!Double.isFinite(norm)) {
        throw new TrainingException(
            "Training stopped at step %d: the gradient norm of %s is %s. %s"
                .formatted(step, describe(group), norm, ADVICE));
      }
      double learningRate =
          config.optimizer().learningRate() * config.schedule().factor(step - 1, totalSteps);
      double clip = Gradients.clipFactor(norm, config.maxGradientNorm());
      optimizer.step(learningRate, clip / targetTokens);
      return new Update(step, lossSum, targetTokens, norm, learningRate);
    } finally {
      Gradients.clear(parameters);
    }
  }

  /** Adds the gradients of a batch's summed loss to those of the parameters, returns the loss. */
  private double backward(LoadedBatch loaded, int step) {
    try (NDManager scope = model.manager().newSubManager()) {
      // A seed per batch: what dropout draws does not depend on what else uses the generator.
      JniUtils.setSeed(seedOf(batches++));
      NDArray loss = model.lossSum(scope, loaded.batch());
      JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
      double value = loss.getFloat();
      if (!Double.isFinite(value)) {
        throw new TrainingException(
            "Training stopped at step %d: the loss of %s is %s. %s"
                .formatted(step, describe(List.of(loaded)), value, ADVICE));
      }
      return value;
    }
  }

  /** Returns well-mixed seeds for consecutive batches; source: SplitMix64. */
  private long seedOf(long batch) {
    long z = config.seed() + (batch + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Names batches by the examples in them, which is what a person can look up. */
  private static String describe(List<LoadedBatch> group) {
    return group.stream()
        .map(
            loaded ->
                "the batch of examples %s (positions from 0; up to %d source and %d target tokens)"
                    .formatted(
                        Arrays.toString(loaded.examples()),
                        loaded.batch().sourceLength(),
                        loaded.batch().targetLength()))
        .collect(Collectors.joining(", "));
  }

  /** Frees the optimizer's state; the parameters stop to require gradients. */
  @Override
  public void close() {
    optimizer.close();
    parameters.forEach(parameter -> parameter.setRequiresGradient(false));
  }
}
