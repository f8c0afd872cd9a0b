package io.refract.train;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressListener;
import io.refract.train.callback.ProgressCallback;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.metric.Metric;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Optimizer;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.List;
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
  private TrainingConfig config = TrainingConfig.defaults();
  private @Nullable Dataset data;
  private @Nullable Dataset validation;
  private boolean evaluateBefore;

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
   * @throws IllegalStateException if they were set before
   */
  public T5Trainer data(Dataset value) {
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
    config =
        config.withTexts(
            new TrainingConfig.Texts(
                value, config.texts().maxSourceTokens(), config.texts().maxTargetTokens()));
    return this;
  }

  /** Sets the tokens after which a source is cut, end-of-sequence included; default 512. */
  public T5Trainer maxSourceTokens(int value) {
    config =
        config.withTexts(
            new TrainingConfig.Texts(
                config.texts().taskPrefix(), value, config.texts().maxTargetTokens()));
    return this;
  }

  /**
   * Sets the tokens after which a target is cut, end-of-sequence included; also how many an
   * evaluation generates at most; default 128.
   */
  public T5Trainer maxTargetTokens(int value) {
    config =
        config.withTexts(
            new TrainingConfig.Texts(
                config.texts().taskPrefix(), config.texts().maxSourceTokens(), value));
    return this;
  }

  /** Sets how often the training data are gone through; default 3. */
  public T5Trainer epochs(int value) {
    config = config.withLength(new TrainingConfig.Length(value, config.length().maxSteps()));
    return this;
  }

  /** Sets how many examples go through the model at once; default 8. */
  public T5Trainer batchSize(int value) {
    config = config.withBatching(config.batching().withBatchSize(value));
    return this;
  }

  /**
   * Sets how many batches make up one update; default 1. The loss is the mean over the target
   * tokens of all of them, so 4 batches of 2 examples give the update of 1 batch of 8.
   */
  public T5Trainer gradientAccumulationSteps(int value) {
    config = config.withGradientAccumulationSteps(value);
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

  /** Sets all settings of the optimizer, learning rate included. */
  public T5Trainer optimizer(Optimizer value) {
    config = config.withOptimizer(value);
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

  /** Sets the seed for the order of the examples and for dropout; default 42. */
  public T5Trainer seed(long value) {
    config = config.withSeed(value);
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

  /** Adds a callback that hears of updates and epochs. */
  public T5Trainer callback(TrainingCallback value) {
    callbacks.add(requireNonNull(value, "callback"));
    return this;
  }

  /** Adds a listener, for example a progress bar, that hears of training and evaluations. */
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

  /**
   * Trains, and returns when all epochs are done.
   *
   * @return what was done
   * @throws IllegalStateException if no training data were set, or an evaluation before was asked
   *     for without validation data
   * @throws TrainingException if a loss or gradient is not finite, or the thread is interrupted;
   *     the model keeps the weights of the last good update
   */
  public TrainingResult train() {
    Dataset training = data;
    checkState(training != null, "training needs data: call data(...) before train()");
    checkState(
        !evaluateBefore || validation != null,
        "an evaluation before training needs validation data: call validation(...) before train()");
    return new TrainingRun(model, config, training, validation, evaluator(), callbacks)
        .run(evaluateBefore);
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
