package io.refract.train;

import ai.djl.engine.Engine;
import io.refract.provenance.CheckpointProvenance;
import io.refract.provenance.Provenance;
import io.refract.train.callback.EpochReport;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.data.DataProfile;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.Example;
import io.refract.train.evaluation.EvaluationResult;
import io.refract.train.metric.ConfusionMatrix;
import io.refract.train.t5.internal.GradMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training from what the trainer was told to its result. */
final class Training {

  private static final Logger LOG = LoggerFactory.getLogger(T5Trainer.class);

  /** How many predictions a result shows. */
  private static final int SAMPLES = 20;

  private final TrainingTask asked;
  private final StopSignal signal;
  private final boolean stopOnShutdown;

  Training(TrainingTask asked, StopSignal signal, boolean stopOnShutdown) {
    this.asked = asked;
    this.signal = signal;
    this.stopOnShutdown = stopOnShutdown;
  }

  TrainingResult run() {
    Runnable release = stopOnShutdown ? signal.onShutdown() : () -> {};
    try {
      // Grad mode is on in most threads; it shall be on where gradients are due, and only there.
      return GradMode.off(this::runWithoutGraph);
    } finally {
      signal.ended();
      release.run();
    }
  }

  private TrainingResult runWithoutGraph() {
    Instant started = Instant.now();
    long start = System.nanoTime();
    RunEvaluations evaluations = RunEvaluations.of(asked);
    EncodedExamples examples = encode();
    Map<String, DataProfile> profiles = profiles(examples);
    Optional<CheckpointProvenance> base = baseCheckpoint();
    try (RunCheckpoints checkpoints = RunCheckpoints.open(asked, base)) {
      TrainingTask task = settleBatchSize(examples, checkpoints);
      TrainingOutcome outcome =
          new TrainingRun(task, examples, evaluations, checkpoints, signal).run();
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      Provenance provenance = provenance(task, base, started);
      return result(task, outcome, profiles, duration, provenance);
    }
  }

  private TrainingTask settleBatchSize(EncodedExamples examples, RunCheckpoints checkpoints) {
    if (!asked.autoBatchSize()) {
      return asked;
    }
    Optional<TrainingState> earlier = checkpoints.newest();
    TrainingConfig config =
        earlier.isPresent()
            ? settledBefore(earlier.get().identity())
            : BatchSizeSearch.search(
                asked.config(), rows -> BatchSizeSearch.fits(asked, examples, rows));
    return asked.withConfig(config);
  }

  private TrainingConfig settledBefore(Map<String, String> identity) {
    int rows = Integer.parseInt(identity.getOrDefault("batch_size", "1"));
    int accumulation = Integer.parseInt(identity.getOrDefault("gradient_accumulation_steps", "1"));
    return asked
        .config()
        .withBatching(asked.config().batching().withBatchSize(rows))
        .withGradientAccumulationSteps(accumulation);
  }

  private EncodedExamples encode() {
    TrainingConfig.Texts texts = asked.config().texts();
    return asked
        .training()
        .encode(
            asked.model().tokenizer(),
            texts.taskPrefix(),
            texts.maxSourceTokens(),
            texts.maxTargetTokens(),
            asked.progress());
  }

  /** Looks at what the model will see of the data, and says what a person should know of it. */
  private Map<String, DataProfile> profiles(EncodedExamples examples) {
    Map<String, DataProfile> profiles = new LinkedHashMap<>();
    if (examples instanceof EncodedDataset encoded) {
      profiles.put("training", encoded.profile());
    }
    Dataset validation = asked.validation();
    if (validation != null) {
      EncodedDataset encoded = asked.evaluator().prepare(validation);
      profiles.put(
          "validation",
          asked.training() instanceof Dataset training
              ? encoded.profile(training)
              : encoded.profile());
    }
    profiles.values().forEach(Training::report);
    return profiles;
  }

  private static void report(DataProfile profile) {
    boolean lossy =
        profile.truncatedSources() > 0
            || profile.truncatedTargets() > 0
            || profile.rowsWithUnknownTokens() > 0
            || profile.leakedRows() > 0;
    if (lossy) {
      LOG.warn("{}", profile.summary());
    } else {
      LOG.info("{}", profile.summary());
    }
  }

  private static Optional<ConfusionMatrix> confusion(TrainingTask task, TrainingOutcome outcome) {
    Dataset validation = task.validation();
    EvaluationResult last = outcome.last();
    if (validation == null || last == null || last.predictions().isEmpty()) {
      return Optional.empty();
    }
    List<String> references = validation.examples().stream().map(Example::target).toList();
    return task.classification()
        .map(metric -> metric.measure(last.predictions(), references).confusion());
  }

  private TrainingResult result(
      TrainingTask task,
      TrainingOutcome outcome,
      Map<String, DataProfile> profiles,
      Duration duration,
      Provenance provenance) {
    TrainingHistory history = outcome.history();
    Map<String, Double> metrics = new LinkedHashMap<>();
    EvaluationResult last = outcome.last();
    if (last != null) {
      metrics.putAll(last.metrics());
    }
    if (!history.epochs.isEmpty()) {
      EpochReport epoch = history.epochs.get(history.epochs.size() - 1);
      metrics.put("train_loss", epoch.trainingLoss());
    }
    return new TrainingResult(
        metrics,
        outcome.metricsBefore(),
        history.epochs,
        history.steps,
        history.evaluations,
        profiles,
        samples(task, outcome),
        confusion(task, outcome),
        outcome.stopReason(),
        duration,
        history.tokensPerSecond(),
        provenance);
  }

  private static List<SamplePrediction> samples(TrainingTask task, TrainingOutcome outcome) {
    Dataset validation = task.validation();
    EvaluationResult last = outcome.last();
    if (validation == null || last == null || last.predictions().isEmpty()) {
      return List.of();
    }
    List<SamplePrediction> samples = new ArrayList<>();
    for (int i = 0; i < Math.min(SAMPLES, validation.size()); i++) {
      Example example = validation.examples().get(i);
      Optional<String> before =
          outcome.predictionsBefore().isEmpty()
              ? Optional.empty()
              : Optional.of(outcome.predictionsBefore().get(i));
      samples.add(
          new SamplePrediction(
              example.source(), example.target(), before, last.predictions().get(i)));
    }
    return samples;
  }

  /** Reads the files before the training, while they are those that were loaded. */
  private Optional<CheckpointProvenance> baseCheckpoint() {
    try {
      return asked.model().checkpoint();
    } catch (CheckpointException e) {
      LOG.warn("The provenance will not name the base checkpoint. {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static Provenance provenance(
      TrainingTask task, Optional<CheckpointProvenance> base, Instant started) {
    Provenance.Recording recording =
        Provenance.started(started).dataset("training", task.training().provenance());
    if (task.validation() != null) {
      recording.dataset("validation", task.validation().provenance());
    }
    base.ifPresent(checkpoint -> recording.baseCheckpoint(checkpoint.name(), checkpoint.sha256()));
    task.config().asMap().forEach(recording::hyperParameter);
    task.model().adapter().ifPresent(lora -> lora.asMap().forEach(recording::hyperParameter));
    return recording.seed(task.config().seed()).engine(engine()).finish(Instant.now());
  }

  private static String engine() {
    Engine engine = Engine.getEngine("PyTorch");
    return engine.getEngineName() + " " + engine.getVersion();
  }
}
