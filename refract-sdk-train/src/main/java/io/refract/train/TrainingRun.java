package io.refract.train;

import ai.djl.ndarray.NDArray;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.callback.TrainingPlan;
import io.refract.train.data.Batch;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.LoadedBatch;
import io.refract.train.evaluation.EvaluationResult;
import io.refract.train.t5.internal.T5Access;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One training from its first evaluation to its last update: epochs, evaluations, checkpoints. */
final class TrainingRun {

  private final TrainingTask task;
  private final TrainingConfig config;
  private final StopSignal signal;
  private final RunCheckpoints checkpoints;
  private final BatchLoader loader;
  private final int batchesPerUpdate;
  private final int totalSteps;
  private final Map<String, String> identity;

  private TrainingHistory history = new TrainingHistory();
  private Optional<TrainingState.Best> best = Optional.empty();
  private Map<String, Double> metricsBefore = Map.of();
  private List<String> predictionsBefore = List.of();
  private @Nullable EvaluationResult last;
  private @Nullable String stopReason;

  /**
   * Prepares a run.
   *
   * @param task what the trainer was told, the batch size settled
   * @param examples the encoded training data
   */
  TrainingRun(
      TrainingTask task, EncodedExamples examples, RunCheckpoints checkpoints, StopSignal signal) {
    this.task = task;
    this.config = task.config();
    this.signal = signal;
    this.checkpoints = checkpoints;
    this.loader = BatchLoader.of(examples, config.batching(), config.seed());
    this.batchesPerUpdate = config.gradientAccumulationSteps() * (1 + task.replicas().size());
    this.totalSteps = countSteps();
    this.identity = TrainingIdentity.of(task);
  }

  /** With a token budget the number of batches differs from epoch to epoch. */
  private int countSteps() {
    long steps = 0;
    long most = config.length().maxSteps().orElse(Integer.MAX_VALUE);
    for (int epoch = 0; epoch < config.length().epochs() && steps < most; epoch++) {
      steps += ceilDiv(loader.batches(epoch), batchesPerUpdate);
    }
    return Math.toIntExact(Math.min(steps, most));
  }

  /** Runs to the end, or to where it is stopped. */
  TrainingOutcome run() {
    Optional<TrainingState> resumed = checkpoints.newest();
    resumed.ifPresent(state -> checkpoints.requireSame(state, identity, totalSteps));
    resumed.ifPresent(this::takeUp);
    TrainingPlan plan =
        new TrainingPlan(
            task.model().toString(),
            resumed.map(state -> state.position().steps()).orElse(0),
            totalSteps,
            config.asMap());
    task.callbacks().forEach(callback -> callback.onStart(plan));
    try {
      if (resumed.isEmpty() && task.evaluateBefore()) {
        EvaluationResult before = evaluate(0, 0);
        metricsBefore = before.metrics();
        predictionsBefore = before.predictions();
      }
      try (Replicas replicas = ReplicaFactory.of(task);
          TrainingLoop loop = new TrainingLoop(replicas, config, totalSteps)) {
        Map<String, NDArray> weights = replicas.first().parameters();
        resumed.ifPresent(state -> checkpoints.load(state, loop, weights));
        int firstEpoch = resumed.map(TrainingState::epoch).orElse(0);
        int firstBatch = resumed.map(TrainingState::batch).orElse(0);
        for (int epoch = firstEpoch; goesOn(loop); epoch++) {
          runEpoch(loop, weights, epoch, epoch == firstEpoch ? firstBatch : 0);
        }
        takeBest(loop, weights);
      }
    } finally {
      // Models that share the weights may have been used meanwhile.
      T5Access.changed(task.model());
      task.callbacks().forEach(callback -> callback.onEnd(history.steps.size()));
    }
    return new TrainingOutcome(
        history, metricsBefore, predictionsBefore, last, Optional.ofNullable(stopReason));
  }

  private void takeUp(TrainingState state) {
    history = state.history();
    best = state.best();
    metricsBefore = state.metricsBefore();
    for (int i = 0; i < task.callbacks().size(); i++) {
      task.callbacks().get(i).restore(state.callbacks().get(i));
    }
    // A training that a callback had ended stays ended.
    stopReason = askCallbacks();
  }

  private boolean goesOn(TrainingLoop loop) {
    return stopReason == null && loop.position().steps() < totalSteps;
  }

  private void runEpoch(
      TrainingLoop loop, Map<String, NDArray> weights, int epoch, int firstBatch) {
    // As if the part of the epoch that an earlier process did had come right before.
    long start = System.nanoTime() - history.epochNanos;
    try (BatchStream batches = loader.epoch(epoch, firstBatch)) {
      int batch = firstBatch;
      while (batches.hasNext() && goesOn(loop)) {
        List<LoadedBatch> group = next(batches);
        batch += group.size();
        TrainingLoop.Update update = step(loop, group);
        report(update, epoch);
        boolean epochEnds = !batches.hasNext() || update.step() == totalSteps;
        boolean improved = evaluateIfDue(update.step(), epoch, epochEnds);
        if (epochEnds) {
          endEpoch(update.step(), epoch, start);
        }
        stopReason = findStopReason();
        boolean epochIsOver = !batches.hasNext();
        if (improved || stopReason != null || checkpoints.isDue(update.step(), epochEnds)) {
          history.epochNanos = epochIsOver ? 0 : System.nanoTime() - start;
          checkpoints.save(
              state(loop, epochIsOver ? epoch + 1 : epoch, epochIsOver ? 0 : batch), loop);
        }
        if (improved) {
          checkpoints.rememberBest(weights);
        }
        failWhenInterrupted();
      }
    }
  }

  private TrainingState state(TrainingLoop loop, int epoch, int batch) {
    return new TrainingState(
        identity,
        totalSteps,
        loop.position(),
        epoch,
        batch,
        best,
        metricsBefore,
        task.callbacks().stream().map(TrainingCallback::state).toList(),
        history);
  }

  private @Nullable String findStopReason() {
    if (Thread.currentThread().isInterrupted()) {
      return "the thread of the training was interrupted";
    }
    String asked = signal.reason();
    return asked != null ? asked : askCallbacks();
  }

  private @Nullable String askCallbacks() {
    return task.callbacks().stream()
        .flatMap(callback -> callback.stopReason().stream())
        .findFirst()
        .orElse(null);
  }

  private void failWhenInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new TrainingException(
          "Training stopped after step %d: its thread was interrupted. The weights of that step are kept%s."
              .formatted(
                  history.steps.size(),
                  task.checkpoints().isPresent() ? ", and its checkpoint is written" : ""));
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
    task.callbacks().forEach(callback -> callback.onStep(report));
  }

  /** Returns whether there was an evaluation, and it was the best so far. */
  private boolean evaluateIfDue(int step, int epoch, boolean epochEnds) {
    boolean due =
        epochEnds
            || (task.evaluateEverySteps().isPresent()
                && step % task.evaluateEverySteps().getAsInt() == 0);
    if (!due || task.validation() == null) {
      return false;
    }
    EvaluationResult result = evaluate(step, epoch + 1);
    if (task.best().isEmpty()) {
      return false;
    }
    BestModel by = task.best().get();
    double value = by.valueOf(result.metrics());
    if (best.isPresent() && !by.isBetter(value, best.get().value())) {
      return false;
    }
    best = Optional.of(new TrainingState.Best(step, value));
    return true;
  }

  private EvaluationResult evaluate(int step, int epoch) {
    if (task.validation() == null) {
      throw new IllegalStateException("there are no validation data");
    }
    EvaluationResult result = task.evaluator().evaluate(task.validation());
    last = result;
    EvaluationReport report =
        new EvaluationReport(step, epoch, result.metrics(), result.duration());
    history.evaluations.add(report);
    task.callbacks().forEach(callback -> callback.onEvaluation(report));
    return result;
  }

  private void endEpoch(int step, int epoch, long start) {
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    Map<String, Double> metrics =
        task.validation() == null || last == null ? Map.of() : last.metrics();
    EpochReport report = new EpochReport(epoch + 1, step, history.endEpoch(), metrics, duration);
    history.epochs.add(report);
    task.callbacks().forEach(callback -> callback.onEpoch(report));
  }

  /** Puts the weights of the best evaluation in place, unless they are the last ones. */
  private void takeBest(TrainingLoop loop, Map<String, NDArray> weights) {
    if (best.isPresent() && best.get().step() != loop.position().steps()) {
      checkpoints.restoreBest(best.get(), weights);
      last = null;
    }
    // Resumed at its very end, a training has made no evaluation of its own.
    if (last == null && task.validation() != null) {
      last = task.evaluator().evaluate(task.validation());
    }
  }

  private List<LoadedBatch> next(Iterator<LoadedBatch> batches) {
    List<LoadedBatch> group = new ArrayList<>(batchesPerUpdate);
    while (group.size() < batchesPerUpdate && batches.hasNext()) {
      group.add(batches.next());
    }
    return group;
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
