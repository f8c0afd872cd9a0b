package io.refract.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.optim.internal.ParameterUpdater;
import io.refract.train.t5.internal.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes updates from batches: forward, backward, norm, clip, optimizer.
 *
 * <p>The losses of a group of batches are summed, and divided by the target tokens of the whole
 * group, so that an update does not depend on how its examples are cut into batches, nor on how
 * many devices they are spread over. The division and the clipping are one factor of the update;
 * the engine accumulates plain sums.
 *
 * <p>Grad mode belongs to a thread: it is on during forward and backward only, and afterwards as it
 * was. Not thread-safe.
 */
final class TrainingLoop implements AutoCloseable {

  private static final String ADVICE =
      "The weights of the last good step are kept. Lower the learning rate, or look at the"
          + " examples of that batch.";

  private final TeacherForced model;
  private final Replicas replicas;
  private final Collection<NDArray> parameters;
  private final TrainingConfig config;
  private final int totalSteps;
  private final ParameterUpdater optimizer;
  private long batches;

  /**
   * One update.
   *
   * @param step its number, from 1
   * @param lossSum sum of the losses, in nats
   * @param targetTokens how many tokens that sum is over
   * @param gradientNorm the norm of the mean loss's gradient before clipping
   * @param learningRate the learning rate of the update
   */
  record Update(
      int step, double lossSum, long targetTokens, double gradientNorm, double learningRate) {

    /** Returns the mean loss per target token, in nats. */
    double loss() {
      return lossSum / targetTokens;
    }
  }

  /** Where a loop stands. */
  record Position(int steps, long batches) {}

  /**
   * Prepares a model for training; {@link #close()} takes that back.
   *
   * @param totalSteps the updates after which the schedule ends
   */
  TrainingLoop(TeacherForced model, TrainingConfig config, int totalSteps) {
    this(Replicas.of(model), config, totalSteps);
  }

  /**
   * Prepares a model and its copies on other devices, which stay the caller's to close.
   *
   * @throws TrainingException if memory does not suffice for the state of the optimizer; then
   *     nothing has changed
   */
  TrainingLoop(Replicas replicas, TrainingConfig config, int totalSteps) {
    this.replicas = replicas;
    this.model = replicas.first();
    this.parameters = model.parameters().values();
    this.config = config;
    this.totalSteps = totalSteps;
    replicas.requireGradients(true);
    try {
      this.optimizer =
          ParameterUpdater.of(config.update().optimizer(), model.manager(), model.parameters());
    } catch (RuntimeException | OutOfMemoryError e) {
      replicas.requireGradients(false);
      if (OutOfMemory.isCauseOf(e)) {
        throw OutOfMemory.ofOptimizer(config.update().optimizer(), parameters, e);
      }
      throw e;
    }
  }

  /**
   * Makes one update.
   *
   * @param group the batches of the update, at least one
   * @throws TrainingException if a loss or the norm of the gradients is not finite, or memory does
   *     not suffice; then nothing was updated
   */
  Update step(List<LoadedBatch> group) {
    int step = optimizer.steps() + 1;
    try {
      double lossSum = 0;
      long targetTokens = 0;
      for (int start = 0; start < group.size(); start += replicas.count()) {
        List<LoadedBatch> round =
            group.subList(start, Math.min(group.size(), start + replicas.count()));
        lossSum += backward(round, step);
        targetTokens += round.stream().mapToLong(loaded -> loaded.batch().targetTokens()).sum();
      }
      replicas.addGradientsToFirst();
      double norm = Gradients.norm(model.manager(), parameters) / targetTokens;
      if (!Double.isFinite(norm)) {
        throw new TrainingException(
            "Training stopped at step %d: the gradient norm of %s is %s. %s"
                .formatted(step, describe(group), norm, ADVICE));
      }
      TrainingConfig.Update update = config.update();
      double learningRate =
          update.optimizer().learningRate() * update.schedule().factor(step - 1, totalSteps);
      double clip = Gradients.clipFactor(norm, update.maxGradientNorm());
      optimizer.step(learningRate, clip / targetTokens);
      replicas.copyWeightsFromFirst();
      return new Update(step, lossSum, targetTokens, norm, learningRate);
    } finally {
      replicas.clearGradients();
    }
  }

  /**
   * Lets each replica take one batch. The losses are read when all replicas are at work, because
   * reading one waits for its device.
   */
  private double backward(List<LoadedBatch> round, int step) {
    List<NDManager> scopes = new ArrayList<>();
    try {
      List<NDArray> losses = new ArrayList<>();
      for (int i = 0; i < round.size(); i++) {
        NDManager scope = replicas.get(i).manager().newSubManager();
        scopes.add(scope);
        losses.add(backward(replicas.get(i), scope, round.get(i), step));
      }
      double sum = 0;
      for (int i = 0; i < round.size(); i++) {
        sum += finite(losses.get(i).getFloat(), round.get(i), step);
      }
      return sum;
    } finally {
      scopes.forEach(NDManager::close);
    }
  }

  private NDArray backward(TeacherForced replica, NDManager scope, LoadedBatch loaded, int step) {
    try {
      // A seed per batch: what dropout draws does not depend on what else uses the generator.
      return replica.backward(scope, loaded.batch(), Seeds.derive(config.seed(), batches++));
    } catch (RuntimeException | OutOfMemoryError e) {
      if (OutOfMemory.isCauseOf(e)) {
        throw OutOfMemory.during(step, loaded, e);
      }
      throw e;
    }
  }

  private static double finite(double loss, LoadedBatch loaded, int step) {
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "Training stopped at step %d: the loss of %s is %s. %s"
              .formatted(step, describe(List.of(loaded)), loss, ADVICE));
    }
    return loss;
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

  /** Returns the arrays that the next update depends on besides the parameters. */
  Map<String, NDArray> optimizerState() {
    return optimizer.state();
  }

  /** Returns where the loop stands. */
  Position position() {
    return new Position(optimizer.steps(), batches);
  }

  /** Continues from where another loop stood, whose arrays are in place. */
  void restore(Position position) {
    optimizer.restore(position.steps());
    batches = position.batches();
    replicas.copyWeightsFromFirst();
  }

  /** Frees the optimizer's state; the parameters stop to require gradients. */
  @Override
  public void close() {
    optimizer.close();
    replicas.requireGradients(false);
  }
}
