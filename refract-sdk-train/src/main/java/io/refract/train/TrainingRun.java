package io.refract.train;

import ai.djl.ndarray.NDArray;
import com.google.common.math.LongMath;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingPlan;
import io.refract.train.data.Batch;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.DataException;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.LoadedBatch;
import io.refract.train.evaluation.EvaluationResult;
import io.refract.train.t5.internal.T5Access;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One training from its first evaluation to its last update: epochs, evaluations, checkpoints.
 *
 * <p>An interrupt of the thread is taken note of and comes back at the end: with the flag set,
 * neither batches nor channels of files would work, and what was trained could not be saved.
 */
final class TrainingRun {

  private final TrainingTask task;
  private final TrainingConfig config;
  private final StopSignal signal;
  private final RunCheckpoints checkpoints;
  private final RunCallbacks callbacks;
  private final RunEvaluations evaluations;
  private final BatchLoader loader;
  private final long batchesPerUpdate;
  private final int totalSteps;
  private final Map<String, String> identity;

  private TrainingHistory history = new TrainingHistory();
  private @Nullable EvaluationResult last;
  private @Nullable String stopReason;
  private boolean unjudged;
  private boolean interrupted;

  /**
   * Where a run is.
   *
   * @param epoch the current epoch, from 0
   * @param batch the number of the next batch in it
   * @param epochIsOver whether there is no such batch
   * @param start when the epoch began, on the clock of {@link System#nanoTime()}
   */
  private record Place(int epoch, int batch, boolean epochIsOver, long start) {

    Place after(List<LoadedBatch> group, BatchStream batches) {
      return new Place(epoch, batch + group.size(), !batches.hasNext(), start);
    }
  }

  /**
   * Prepares a run.
   *
   * @param task what the trainer was told, the batch size settled
   * @param examples the encoded training data
   */
  TrainingRun(
      TrainingTask task,
      EncodedExamples examples,
      RunEvaluations evaluations,
      RunCheckpoints checkpoints,
      StopSignal signal) {
    this.task = task;
    this.config = task.config();
    this.signal = signal;
    this.evaluations = evaluations;
    this.checkpoints = checkpoints;
    this.callbacks = new RunCallbacks(task.callbacks());
    this.loader = BatchLoader.of(examples, config.batching(), config.seed());
    this.batchesPerUpdate =
        (long) config.gradientAccumulationSteps() * (1 + task.replicas().size());
    this.totalSteps = countSteps();
    this.identity = checkpoints.identity(task);
  }

  /** With a token budget the number of batches differs from epoch to epoch. */
  private int countSteps() {
    long steps = 0;
    long most = config.length().maxSteps().orElse(Integer.MAX_VALUE);
    for (int epoch = 0; epoch < config.length().epochs() && steps < most; epoch++) {
      steps += LongMath.divide(loader.batches(epoch), batchesPerUpdate, RoundingMode.CEILING);
    }
    return Math.toIntExact(Math.min(steps, most));
  }

  /** Runs to the end, or to where it is stopped. */
  TrainingOutcome run() {
    Optional<TrainingState> resumed = checkpoints.newest();
    resumed.ifPresent(state -> checkpoints.requireSame(state, identity, totalSteps));
    resumed.ifPresent(this::takeUp);
    try (callbacks) {
      callbacks.onStart(plan(resumed));
      try {
        train(resumed);
      } finally {
        // Models that share the weights may have been used meanwhile.
        T5Access.changed(task.model());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    // A reason to stop that came with the last update has stopped nothing.
    boolean stopped = history.steps.size() < totalSteps;
    return new TrainingOutcome(
        history,
        evaluations.metricsBefore(),
        evaluations.predictionsBefore(),
        last,
        stopped ? Optional.ofNullable(stopReason) : Optional.empty());
  }

  private TrainingPlan plan(Optional<TrainingState> resumed) {
    return new TrainingPlan(
        task.model().toString(),
        resumed.map(state -> state.position().steps()).orElse(0),
        totalSteps,
        task.resume(),
        evaluations.metrics(),
        config.asMap());
  }

  private void takeUp(TrainingState state) {
    history = state.history();
    unjudged = state.unjudged();
    evaluations.restore(state);
    callbacks.restore(state.callbacks());
    // A training that a callback had ended stays ended.
    stopReason = callbacks.stopReason();
  }

  private void train(Optional<TrainingState> resumed) {
    if (resumed.isEmpty() && task.evaluateBefore()) {
      EvaluationReport before = evaluations.measureBefore();
      history.evaluations.add(before);
      callbacks.onEvaluation(before);
    }
    try (Replicas replicas = ReplicaFactory.of(task);
        TrainingLoop loop = new TrainingLoop(replicas, config, totalSteps)) {
      Map<String, NDArray> weights = replicas.first().parameters();
      resumed.ifPresent(state -> checkpoints.load(state, loop, weights));
      int firstEpoch = resumed.map(TrainingState::epoch).orElse(0);
      int firstBatch = resumed.map(TrainingState::batch).orElse(0);
      for (int epoch = firstEpoch; unjudged || goesOn(loop); epoch++) {
        runEpoch(loop, weights, epoch, epoch == firstEpoch ? firstBatch : 0);
      }
      takeBest(loop, weights);
    }
  }

  private boolean goesOn(TrainingLoop loop) {
    return stopReason == null && loop.position().steps() < totalSteps;
  }

  private void runEpoch(
      TrainingLoop loop, Map<String, NDArray> weights, int epoch, int firstBatch) {
    // As if the part of the epoch that an earlier process did had come right before.
    long start = System.nanoTime() - history.epochNanos;
    try (BatchStream batches = loader.epoch(epoch, firstBatch)) {
      Place place = new Place(epoch, firstBatch, !batches.hasNext(), start);
      if (unjudged) {
        unjudged = false;
        afterUpdate(loop, weights, place);
      }
      while (batches.hasNext() && goesOn(loop)) {
        List<LoadedBatch> group = next(batches, loop, place);
        place = place.after(group, batches);
        TrainingLoop.Update update = step(loop, group);
        noticeInterrupt();
        report(update, epoch);
        afterUpdate(loop, weights, place);
      }
    }
  }

  private List<LoadedBatch> next(BatchStream batches, TrainingLoop loop, Place place) {
    try {
      List<LoadedBatch> group = new ArrayList<>();
      while (group.size() < batchesPerUpdate && batches.hasNext()) {
        group.add(batches.next());
      }
      return group;
    } catch (DataException e) {
      throw saved(e, loop, place, state(loop, place, false));
    }
  }

  private TrainingLoop.Update step(TrainingLoop loop, List<LoadedBatch> group) {
    long start = System.nanoTime();
    TrainingLoop.Update update = loop.step(group);
    history.trainingNanos += System.nanoTime() - start;
    for (LoadedBatch loaded : group) {
      Batch batch = loaded.batch();
      history.trainedTokens += batch.sourceTokens() + batch.targetTokens();
    }
    history.epochLossSum += update.lossSum();
    history.epochTargetTokens += update.targetTokens();
    return update;
  }

  private void report(TrainingLoop.Update update, int epoch) {
    StepReport report =
        new StepReport(
            update.step(),
            totalSteps,
            epoch + 1,
            update.loss(),
            update.gradientNorm(),
            update.learningRate(),
            history.tokensPerSecond());
    history.steps.add(report);
    callbacks.onStep(report);
  }

  /** Does everything that may be due once an update is made and reported. */
  private void afterUpdate(TrainingLoop loop, Map<String, NDArray> weights, Place place) {
    int step = loop.position().steps();
    boolean trained = step == totalSteps;
    boolean epochEnds = place.epochIsOver() || trained;
    boolean improved = evaluations.isDue(step, epochEnds) && evaluate(loop, place);
    if (epochEnds) {
      endEpoch(step, place);
    }
    noticeInterrupt();
    stopReason = findStopReason();
    if (improved || stopReason != null || checkpoints.isDue(step, epochEnds, trained)) {
      save(loop, place, state(loop, place, false));
    }
    if (improved) {
      checkpoints.rememberBest(weights);
    }
    if (interrupted && !trained) {
      throw interruption(null);
    }
  }

  private @Nullable String findStopReason() {
    if (interrupted) {
      return "the thread of the training was interrupted";
    }
    String asked = signal.reason();
    return asked != null ? asked : callbacks.stopReason();
  }

  /**
   * Evaluates, and returns whether it was the best so far. When that fails, a checkpoint says that
   * the evaluation is still to be made.
   */
  private boolean evaluate(TrainingLoop loop, Place place) {
    TrainingState before = state(loop, place, true);
    if (interrupted) {
      save(loop, place, before);
      throw interruption(null);
    }
    try {
      EvaluationReport report = evaluations.measure(loop.position().steps(), place.epoch() + 1);
      callbacks.onEvaluation(report);
      boolean best = evaluations.isBest(report);
      history.evaluations.add(report);
      return best;
    } catch (RuntimeException e) {
      throw saved(e, loop, place, before);
    }
  }

  private void endEpoch(int step, Place place) {
    Duration duration = Duration.ofNanos(System.nanoTime() - place.start());
    EpochReport report =
        new EpochReport(
            place.epoch() + 1, step, history.endEpoch(), evaluations.lastMetrics(), duration);
    history.epochs.add(report);
    callbacks.onEpoch(report);
  }

  private TrainingState state(TrainingLoop loop, Place place, boolean evaluationIsDue) {
    boolean nextEpoch = place.epochIsOver() && !evaluationIsDue;
    return new TrainingState(
        identity,
        totalSteps,
        loop.position(),
        nextEpoch ? place.epoch() + 1 : place.epoch(),
        nextEpoch ? 0 : place.batch(),
        evaluationIsDue,
        evaluations.best(),
        evaluations.metricsBefore(),
        callbacks.states(),
        history);
  }

  private void save(TrainingLoop loop, Place place, TrainingState state) {
    history.epochNanos = state.batch() == 0 ? 0 : System.nanoTime() - place.start();
    checkpoints.save(state, loop);
  }

  /** Saves what was trained before something else than an update failed; returns what to throw. */
  private RuntimeException saved(
      RuntimeException failure, TrainingLoop loop, Place place, TrainingState state) {
    noticeInterrupt();
    if (state.position().steps() > 0) {
      try {
        save(loop, place, state);
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
        return failure;
      }
    }
    return interrupted ? interruption(failure) : failure;
  }

  private void noticeInterrupt() {
    if (Thread.interrupted()) {
      interrupted = true;
    }
  }

  private TrainingException interruption(@Nullable RuntimeException cause) {
    int steps = history.steps.size();
    boolean saved = task.checkpoints().isPresent() && steps > 0;
    return new TrainingException(
        "Training stopped after step %d: its thread was interrupted. The weights of that step are kept%s."
            .formatted(steps, saved ? ", and its checkpoint is written" : ""),
        cause);
  }

  /** Puts the weights of the best evaluation in place, unless they are the last ones. */
  private void takeBest(TrainingLoop loop, Map<String, NDArray> weights) {
    noticeInterrupt();
    int steps = loop.position().steps();
    Optional<TrainingState.Best> best = evaluations.best();
    if (best.isPresent() && best.get().step() != steps) {
      checkpoints.restoreBest(best.get(), weights);
    }
    last =
        evaluations.ofWeightsAfter(
            best.map(TrainingState.Best::step).orElse(steps), signal.jvmEnds());
  }
}
