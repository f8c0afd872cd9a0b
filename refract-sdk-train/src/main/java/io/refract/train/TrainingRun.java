package io.refract.train;

import ai.djl.engine.Engine;
import io.refract.progress.ProgressListener;
import io.refract.provenance.Provenance;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Batch;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.data.LoadedBatch;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One training from its first evaluation to its result: epochs of updates and evaluations. */
final class TrainingRun {

  private static final Logger LOG = LoggerFactory.getLogger(T5Trainer.class);

  private final T5Model model;
  private final TrainingConfig config;
  private final Dataset training;
  private final @Nullable Dataset validation;
  private final Evaluator evaluator;
  private final List<TrainingCallback> callbacks;

  private final List<StepReport> steps = new ArrayList<>();
  private final List<EpochReport> epochs = new ArrayList<>();
  private long trainedTokens;
  private long trainingNanos;

  TrainingRun(
      T5Model model,
      TrainingConfig config,
      Dataset training,
      @Nullable Dataset validation,
      Evaluator evaluator,
      List<TrainingCallback> callbacks) {
    this.model = model;
    this.config = config;
    this.training = training;
    this.validation = validation;
    this.evaluator = evaluator;
    this.callbacks = List.copyOf(callbacks);
  }

  TrainingResult run(boolean evaluateBefore) {
    Instant started = Instant.now();
    long start = System.nanoTime();
    BatchLoader loader = BatchLoader.of(encode(), config.batchSize(), config.seed());
    int stepsPerEpoch = ceilDiv(loader.batchesPerEpoch(), config.gradientAccumulationSteps());
    int totalSteps = Math.multiplyExact(config.epochs(), stepsPerEpoch);
    Map<String, Double> before = evaluateBefore ? evaluate() : Map.of();
    try (TrainingLoop loop = new TrainingLoop(TeacherForced.of(network()), config, totalSteps)) {
      for (int epoch = 1; epoch <= config.epochs(); epoch++) {
        runEpoch(loop, loader, epoch, totalSteps);
      }
    } finally {
      callbacks.forEach(callback -> callback.onEnd(steps.size()));
    }
    EpochReport last = epochs.get(epochs.size() - 1);
    Map<String, Double> metrics = new LinkedHashMap<>(last.metrics());
    metrics.put("train_loss", last.trainingLoss());
    return new TrainingResult(
        metrics,
        before,
        epochs,
        steps,
        List.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofNanos(System.nanoTime() - start),
        tokensPerSecond(),
        provenance(started));
  }

  private T5Network network() {
    T5Network network = T5Access.network(model);
    return config.dropout().isPresent()
        ? network.withDropout(config.dropout().getAsDouble())
        : network;
  }

  private EncodedDataset encode() {
    EncodedDataset encoded =
        EncodedDataset.encode(
            training,
            model.tokenizer(),
            config.taskPrefix(),
            config.maxSourceTokens(),
            config.maxTargetTokens(),
            ProgressListener.none());
    warn(encoded.truncatedSources(), "sources are cut to %d tokens", config.maxSourceTokens());
    warn(encoded.truncatedTargets(), "targets are cut to %d tokens", config.maxTargetTokens());
    warn(
        encoded.rowsWithUnknownTokens(),
        "examples hold characters that the vocabulary of %d tokens lacks",
        model.tokenizer().vocabularySize());
    return encoded;
  }

  private void warn(long count, String what, int limit) {
    if (count > 0) {
      LOG.warn("{} of {} training {}.", count, training.size(), what.formatted(limit));
    }
  }

  private void runEpoch(TrainingLoop loop, BatchLoader loader, int epoch, int totalSteps) {
    long start = System.nanoTime();
    double lossSum = 0;
    long targetTokens = 0;
    try (BatchStream batches = loader.epoch(epoch - 1)) {
      while (batches.hasNext()) {
        stopWhenInterrupted();
        List<LoadedBatch> group = next(batches, config.gradientAccumulationSteps());
        TrainingLoop.Update update = step(loop, group);
        lossSum += update.lossSum();
        targetTokens += update.targetTokens();
        report(update, epoch, totalSteps);
      }
    }
    Map<String, Double> metrics = evaluate();
    EpochReport report =
        new EpochReport(
            epoch,
            steps.size(),
            lossSum / targetTokens,
            metrics,
            Duration.ofNanos(System.nanoTime() - start));
    epochs.add(report);
    callbacks.forEach(callback -> callback.onEpoch(report));
  }

  private void stopWhenInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new TrainingException(
          "Training stopped after step %d: its thread was interrupted. The weights of that step are kept."
              .formatted(steps.size()));
    }
  }

  private TrainingLoop.Update step(TrainingLoop loop, List<LoadedBatch> group) {
    long start = System.nanoTime();
    TrainingLoop.Update update = loop.step(group);
    trainingNanos += System.nanoTime() - start;
    for (LoadedBatch loaded : group) {
      Batch batch = loaded.batch();
      trainedTokens += batch.sourceTokens() + batch.targetTokens();
    }
    return update;
  }

  private void report(TrainingLoop.Update update, int epoch, int totalSteps) {
    StepReport report =
        new StepReport(
            update.step(),
            totalSteps,
            epoch,
            update.loss(),
            update.gradientNorm(),
            update.learningRate(),
            tokensPerSecond());
    steps.add(report);
    callbacks.forEach(callback -> callback.onStep(report));
  }

  private Map<String, Double> evaluate() {
    return validation == null ? Map.of() : evaluator.evaluate(validation).metrics();
  }

  private double tokensPerSecond() {
    return trainedTokens * 1e9 / Math.max(1, trainingNanos);
  }

  private Provenance provenance(Instant started) {
    Provenance.Recording recording =
        Provenance.started(started).dataset("training", training.provenance());
    if (validation != null) {
      recording.dataset("validation", validation.provenance());
    }
    config.asMap().forEach(recording::hyperParameter);
    model.adapter().ifPresent(lora -> lora.asMap().forEach(recording::hyperParameter));
    return recording.seed(config.seed()).engine(engine()).finish(Instant.now());
  }

  private static String engine() {
    Engine engine = Engine.getEngine("PyTorch");
    return engine.getEngineName() + " " + engine.getVersion();
  }

  private static List<LoadedBatch> next(Iterator<LoadedBatch> batches, int count) {
    List<LoadedBatch> group = new ArrayList<>(count);
    while (group.size() < count && batches.hasNext()) {
      group.add(batches.next());
    }
    return group;
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
