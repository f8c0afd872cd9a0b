package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressListener;
import io.refract.train.callback.ProgressCallback;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.data.TrainingData;
import io.refract.train.device.ComputeDevice;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.metric.Classification;
import io.refract.train.metric.Metric;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Optimizer;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tunes a T5 with teacher forcing: the decoder reads the target shifted right by one, and
 * learns to name each next token.
 *
 * <pre>{@code
 * TrainingResult result = T5Trainer.of(model)
 *     .data(tickets.training()).validation(tickets.validation())
 *     .taskPrefix("triage: ").maxSourceTokens(128).maxTargetTokens(8)
 *     .epochs(3).batchSize(8).learningRate(3e-4)
 *     .metric(new ExactMatch())
 *     .callback(Progress.bar())
 *     .train();
 * }</pre>
 *
 * <p>The weights of the model change in place; nothing else may use the model meanwhile. The same
 * seed, data and settings give the same weights, bit for bit when the engine runs on one CPU
 * thread. The engine decides about threads: the system property {@code ai.djl.pytorch.num_threads},
 * or the environment variable {@code OMP_NUM_THREADS}, set before the first use, changes their
 * number.
 *
 * <p>Every setter checks its value at once. A trainer belongs to one thread and can train several
 * times; each time starts with fresh optimizer state from the weights the model has then.
 */
public final class T5Trainer {

  private final T5Model model;
  private final List<Metric> metrics = new ArrayList<>();
  private final List<TrainingCallback> callbacks = new ArrayList<>();
  private final List<ProgressListener> listeners = new ArrayList<>();
  private final List<ComputeDevice> replicas = new ArrayList<>();
  private TrainingConfig config = TrainingConfig.defaults();
  private @Nullable TrainingData data;
  private @Nullable Dataset validation;
  private @Nullable Checkpoints checkpoints;
  private @Nullable BestModel best;
  private OptionalInt evaluateEverySteps = OptionalInt.empty();
  private boolean evaluateBefore;
  private boolean resume;
  private boolean autoBatchSize;
  private boolean stopOnShutdown;

  private T5Trainer(T5Model model) {
    this.model = model;
  }

  /**
   * Returns a trainer with {@link TrainingConfig#defaults()}.
   *
   * @param model the model whose weights will change; stays the caller's to close
   */
  public static T5Trainer of(T5Model model) {
    return new T5Trainer(requireNonNull(model, "model"));
  }

  /** Replaces the whole configuration; later setters change single values of it. */
  public T5Trainer config(TrainingConfig value) {
    config = requireNonNull(value, "config");
    return this;
  }

  /**
   * Sets the examples to learn from.
   *
   * @param value a data set, a corpus to pre-train on, or a mixture of tasks
   * @throws IllegalStateException if they were set before
   */
  public T5Trainer data(TrainingData value) {
    checkState(data == null, "the training data are set already");
    data = requireNonNull(value, "data");
    return this;
  }

  /**
   * Sets the examples that the model is evaluated on after every epoch; without them it is not.
   *
   * @throws IllegalStateException if they were set before
   */
  public T5Trainer validation(Dataset value) {
    checkState(validation == null, "the validation data are set already");
    validation = requireNonNull(value, "validation");
    return this;
  }

  /** Sets what is put in front of every source, its trailing space included; default empty. */
  public T5Trainer taskPrefix(String value) {
    TrainingConfig.Texts texts = config.texts();
    return texts(new TrainingConfig.Texts(value, texts.maxSourceTokens(), texts.maxTargetTokens()));
  }

  /** Sets the tokens after which a source is cut, end-of-sequence included; default 512. */
  public T5Trainer maxSourceTokens(int value) {
    TrainingConfig.Texts texts = config.texts();
    return texts(new TrainingConfig.Texts(texts.taskPrefix(), value, texts.maxTargetTokens()));
  }

  /**
   * Sets the tokens after which a target is cut, end-of-sequence included; also how many an
   * evaluation generates at most; default 128.
   */
  public T5Trainer maxTargetTokens(int value) {
    TrainingConfig.Texts texts = config.texts();
    return texts(new TrainingConfig.Texts(texts.taskPrefix(), texts.maxSourceTokens(), value));
  }

  private T5Trainer texts(TrainingConfig.Texts value) {
    config = config.withTexts(value);
    return this;
  }

  /** Sets how often the training data are gone through; default 3. */
  public T5Trainer epochs(int value) {
    config = config.withLength(new TrainingConfig.Length(value, config.length().maxSteps()));
    return this;
  }

  /**
   * Sets the updates after which the training ends, also in the middle of an epoch; the schedule
   * ends there too. The epochs are then only the most that there can be.
   */
  public T5Trainer maxSteps(int value) {
    config =
        config.withLength(
            new TrainingConfig.Length(config.length().epochs(), OptionalInt.of(value)));
    return this;
  }

  /** Sets how many examples go through the model at once; default 8. */
  public T5Trainer batchSize(int value) {
    config = config.withBatching(config.batching().withBatchSize(value));
    return this;
  }

  /**
   * Lets batches have as many rows as a number of tokens permits, sources and targets with their
   * padding counted, in place of a number of rows. Batches are grouped by length then, unless
   * {@link #groupByLength} says otherwise.
   */
  public T5Trainer tokenBudget(int value) {
    config = config.withBatching(config.batching().withTokenBudget(value));
    return this;
  }

  /**
   * Lets short examples share a row of at most {@link #maxSourceTokens} and {@link
   * #maxTargetTokens}, each blind to the others: the same loss with less padding. Examples are
   * grouped by length then, unless {@link #groupByLength} says otherwise.
   */
  public T5Trainer packing() {
    config = config.withBatching(config.batching().withPacking(true));
    return this;
  }

  /**
   * Sets whether examples of similar source length go into a batch, which saves padding, or random
   * ones. By default they are random, as {@code Seq2SeqTrainer} draws them, unless there is a token
   * budget or packing. Batches of similar length make an epoch faster where texts are long; where
   * they are short, they save little and can learn less by the update: {@code docs/BENCHMARKS.md}
   * says what was measured.
   */
  public T5Trainer groupByLength(boolean value) {
    config = config.withBatching(config.batching().withGroupByLength(value));
    return this;
  }

  /**
   * Sets how many batches make up one update, on each device; default 1. The loss is the mean over
   * the target tokens of all of them, so 4 batches of 2 examples give the update of 1 batch of 8.
   */
  public T5Trainer gradientAccumulationSteps(int value) {
    config = config.withGradientAccumulationSteps(value);
    return this;
  }

  /**
   * Makes batches smaller when memory does not suffice for the longest examples, and takes as many
   * more for each update, so that updates stay what they were asked to be. On a CPU memory is
   * estimated; on a GPU it is tried.
   */
  public T5Trainer autoBatchSize() {
    autoBatchSize = true;
    return this;
  }

  /** Sets the peak of the learning rate; default 3e-4. */
  public T5Trainer learningRate(double value) {
    config = config.withOptimizer(config.update().optimizer().withLearningRate(value));
    return this;
  }

  /** Sets the decoupled weight decay; default 0. */
  public T5Trainer weightDecay(double value) {
    config = config.withOptimizer(config.update().optimizer().withWeightDecay(value));
    return this;
  }

  /**
   * Sets all settings of the optimizer, learning rate included, and the limit for the norm of the
   * gradients that it recommends: 1 for most, none for {@code Adafactor}, which limits its updates
   * itself. A later {@link #maxGradientNorm} outranks that.
   */
  public T5Trainer optimizer(Optimizer value) {
    config = config.withOptimizer(value).withMaxGradientNorm(value.recommendedMaxGradientNorm());
    return this;
  }

  /** Sets how many updates the learning rate rises from zero; default 0. */
  public T5Trainer warmupSteps(int value) {
    config = config.withSchedule(config.update().schedule().withWarmupSteps(value));
    return this;
  }

  /** Sets for which part of all updates the learning rate rises from zero; default 0. */
  public T5Trainer warmupRatio(double value) {
    config = config.withSchedule(config.update().schedule().withWarmupRatio(value));
    return this;
  }

  /** Sets the learning rate's course, warm-up included; default linear decay. */
  public T5Trainer schedule(LearningRateSchedule value) {
    config = config.withSchedule(value);
    return this;
  }

  /** Sets the limit for the norm of all gradients, 0 for none; default 1. */
  public T5Trainer maxGradientNorm(double value) {
    config = config.withMaxGradientNorm(value);
    return this;
  }

  /** Sets the dropout probability; default is that of the model's configuration. */
  public T5Trainer dropout(double value) {
    config = config.withDropout(value);
    return this;
  }

  /** Sets the share of the probability that the loss spreads over the vocabulary; default 0. */
  public T5Trainer labelSmoothing(double value) {
    config = config.withObjective(config.objective().withLabelSmoothing(value));
    return this;
  }

  /** Sets the weight of the squared log-normalizer in the loss; default 0. */
  public T5Trainer zLoss(double value) {
    config = config.withObjective(config.objective().withZLoss(value));
    return this;
  }

  /**
   * Sets the numbers that the model computes with while it learns; default {@link Precision#FP32}.
   */
  public T5Trainer precision(Precision value) {
    TrainingConfig.Computation c = config.computation();
    return computation(
        new TrainingConfig.Computation(value, c.gradientCheckpointing(), c.freezeEncoder()));
  }

  /**
   * Computes each block a second time in the backward pass instead of keeping what the forward pass
   * computed: less memory, about a third more time, the same gradients.
   */
  public T5Trainer gradientCheckpointing() {
    TrainingConfig.Computation c = config.computation();
    return computation(new TrainingConfig.Computation(c.precision(), true, c.freezeEncoder()));
  }

  /** Leaves the encoder and the embedding as they are. */
  public T5Trainer freezeEncoder() {
    TrainingConfig.Computation c = config.computation();
    return computation(
        new TrainingConfig.Computation(c.precision(), c.gradientCheckpointing(), true));
  }

  private T5Trainer computation(TrainingConfig.Computation value) {
    config = config.withComputation(value);
    return this;
  }

  /** Sets the seed for the order of the examples and for dropout; default 42. */
  public T5Trainer seed(long value) {
    config = config.withSeed(value);
    return this;
  }

  /**
   * Trains on further devices too, with a copy of the model on each. An update takes batches for
   * all of them, and averages the gradients over all target tokens.
   *
   * @param devices the devices besides the model's own
   */
  public T5Trainer replicas(ComputeDevice... devices) {
    replicas.addAll(List.of(devices));
    return this;
  }

  /**
   * Adds a metric that evaluations compute from generated texts; without any, evaluations compute
   * the loss only and generate nothing, which is much faster.
   */
  public T5Trainer metric(Metric value) {
    metrics.add(requireNonNull(value, "metric"));
    return this;
  }

  /** Adds a callback that hears of updates, evaluations and epochs, and may end the training. */
  public T5Trainer callback(TrainingCallback value) {
    callbacks.add(requireNonNull(value, "callback"));
    return this;
  }

  /**
   * Adds a listener, for example a progress bar, that hears of the encoding of the training data,
   * of training and of evaluations.
   */
  public T5Trainer callback(ProgressListener value) {
    callbacks.add(new ProgressCallback(value));
    listeners.add(value);
    return this;
  }

  /** Evaluates once before the first update too, see {@link TrainingResult#metricsBefore()}. */
  public T5Trainer evaluateBefore() {
    evaluateBefore = true;
    return this;
  }

  /** Evaluates after every so many updates too, besides the end of each epoch. */
  public T5Trainer evaluateEvery(int steps) {
    checkArgument(steps >= 1, "evaluation steps must be at least 1 but was %s", steps);
    evaluateEverySteps = OptionalInt.of(steps);
    return this;
  }

  /** Gives the model the weights of its best evaluation at the end, in place of the last ones. */
  public T5Trainer bestModelAtEnd(BestModel value) {
    best = requireNonNull(value, "best");
    return this;
  }

  /** Saves checkpoints on the way, so that a training can be resumed after a crash. */
  public T5Trainer checkpoints(Checkpoints value) {
    checkpoints = requireNonNull(value, "checkpoints");
    return this;
  }

  /**
   * Goes on from the newest checkpoint, if there is one. Everything that decides the outcome must
   * be as it was; then the weights are those of a training that was never interrupted, bit for bit
   * on one CPU thread.
   */
  public T5Trainer resume() {
    resume = true;
    return this;
  }

  /**
   * Lets the end of the JVM, for example by Ctrl-C, wait until the current update is made and a
   * checkpoint is written.
   */
  public T5Trainer stopOnShutdown() {
    stopOnShutdown = true;
    return this;
  }

  /**
   * Trains, and returns when all epochs are done.
   *
   * @return what was done
   * @throws IllegalStateException if no training data were set, or something was asked for that
   *     needs validation data or a directory for checkpoints
   * @throws TrainingException if a metric cannot measure the validation data, a loss or gradient is
   *     not finite, memory does not suffice, a checkpoint does not belong to this training, or the
   *     thread is interrupted; the model keeps the weights of the last good update, and where there
   *     is a directory for checkpoints, an interrupt or a failed evaluation leaves one of that
   *     update, from which a resumed training goes on with the evaluation
   * @throws io.refract.train.data.DataException if data cannot be read, or the thread is
   *     interrupted in an evaluation before the first update or after the last checkpoint
   */
  public TrainingResult train() {
    return new Training(task(), new StopSignal(), stopOnShutdown).run();
  }

  /**
   * Trains on a thread of its own.
   *
   * @return a handle to stop it and to wait for it
   * @throws IllegalStateException as {@link #train()}
   */
  public RunningTraining start() {
    StopSignal signal = new StopSignal();
    Training training = new Training(task(), signal, stopOnShutdown);
    CompletableFuture<TrainingResult> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(training.run());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "refract-training");
    thread.start();
    return new RunningTraining(result, signal);
  }

  /** Returns everything that this trainer was told, and checks that it goes together. */
  TrainingTask task() {
    TrainingData training = data;
    checkState(training != null, "training needs data: call data(...) before train()");
    boolean judged = evaluateBefore || best != null || evaluateEverySteps.isPresent();
    checkState(
        !judged || validation != null,
        "an evaluation before or during training, and the best model at its end, need validation data: call validation(...) before train()");
    checkState(
        !resume || checkpoints != null,
        "resuming needs the directory of the checkpoints: call checkpoints(...) before train()");
    checkState(
        !autoBatchSize || config.batching().tokenBudget().isEmpty(),
        "a token budget and autoBatchSize() contradict each other: leave one of them away");
    return new TrainingTask(
        model,
        config,
        training,
        validation,
        evaluator(),
        evaluateBefore,
        evaluateEverySteps,
        Optional.ofNullable(best),
        Optional.ofNullable(checkpoints),
        resume,
        autoBatchSize,
        replicas,
        metrics.stream()
            .filter(Classification.class::isInstance)
            .map(Classification.class::cast)
            .findFirst(),
        callbacks,
        progress());
  }

  private ProgressListener progress() {
    List<ProgressListener> all = List.copyOf(listeners);
    return event -> all.forEach(listener -> listener.onProgress(event));
  }

  private Evaluator evaluator() {
    Evaluator evaluator =
        Evaluator.of(model)
            .taskPrefix(config.texts().taskPrefix())
            .maxSourceTokens(config.texts().maxSourceTokens())
            .maxTargetTokens(config.texts().maxTargetTokens());
    metrics.forEach(evaluator::metric);
    listeners.forEach(evaluator::progress);
    return metrics.isEmpty() ? evaluator.lossOnly() : evaluator;
  }
}
