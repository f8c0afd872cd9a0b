package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.train.data.Batching;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Objective;
import io.refract.train.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Everything that decides the outcome of a training besides the model and the data.
 *
 * @param length when it ends; default 3 epochs
 * @param texts task prefix and limits of the texts; default no prefix, 512 and 128 tokens
 * @param batching rows, token budget, packing and order of the batches; default 8 random rows
 * @param gradientAccumulationSteps batches whose gradients make up one update; default 1
 * @param update optimizer, schedule and clipping; default AdamW, linear decay, norm 1
 * @param objective what is minimized; default the cross entropy
 * @param dropout the dropout probability, or empty for the one of the model's configuration, which
 *     is the default
 * @param computation precision, recomputing and freezing; default 32-bit floats, neither
 * @param seed decides the order of the examples and the dropout; default 42
 */
public record TrainingConfig(
    Length length,
    Texts texts,
    Batching batching,
    int gradientAccumulationSteps,
    Update update,
    Objective objective,
    OptionalDouble dropout,
    Computation computation,
    long seed) {

  private static final TrainingConfig DEFAULTS =
      new TrainingConfig(
          new Length(3, OptionalInt.empty()),
          new Texts("", 512, 128),
          Batching.defaults(),
          1,
          Update.defaults(),
          Objective.CROSS_ENTROPY,
          OptionalDouble.empty(),
          new Computation(Precision.FP32, false, false),
          42);

  /**
   * When a training ends.
   *
   * @param epochs how often the training data are gone through
   * @param maxSteps updates after which it ends even in the middle of an epoch; with it the epochs
   *     are only the most that can be
   */
  public record Length(int epochs, OptionalInt maxSteps) {

    /** Checks the range of every value. */
    public Length {
      atLeastOne("epochs", epochs);
      maxSteps.ifPresent(steps -> atLeastOne("max steps", steps));
    }
  }

  /**
   * What becomes of the texts.
   *
   * @param taskPrefix what is put in front of every source text, its trailing space included
   * @param maxSourceTokens input tokens after which a source is cut, end-of-sequence included
   * @param maxTargetTokens tokens after which a target is cut, end-of-sequence included
   */
  public record Texts(String taskPrefix, int maxSourceTokens, int maxTargetTokens) {

    /** Checks the range of every value. */
    public Texts {
      requireNonNull(taskPrefix, "taskPrefix");
      atLeastOne("max source tokens", maxSourceTokens);
      atLeastOne("max target tokens", maxTargetTokens);
    }
  }

  /**
   * How gradients become changes of weights.
   *
   * @param optimizer the optimizer's settings; default {@code AdamW.defaults()}
   * @param schedule the learning rate's course; default {@link LearningRateSchedule#linear()}
   * @param maxGradientNorm the limit to which the norm of all gradients is scaled down, or 0 for no
   *     limit; default 1
   */
  public record Update(Optimizer optimizer, LearningRateSchedule schedule, double maxGradientNorm) {

    /** Checks the range of every value. */
    public Update {
      requireNonNull(optimizer, "optimizer");
      requireNonNull(schedule, "schedule");
      checkArgument(
          maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm),
          "max gradient norm must not be negative but was %s",
          maxGradientNorm);
    }

    /** Returns the defaults. */
    public static Update defaults() {
      return new Update(AdamW.defaults(), LearningRateSchedule.linear(), 1.0);
    }
  }

  /**
   * How the model computes while it learns.
   *
   * @param precision the numbers that it computes with
   * @param gradientCheckpointing whether the backward pass computes each block again instead of
   *     keeping what the forward pass computed: less memory, about a third more time
   * @param freezeEncoder whether encoder and embedding keep their weights
   */
  public record Computation(
      Precision precision, boolean gradientCheckpointing, boolean freezeEncoder) {

    /** Checks that there is a precision. */
    public Computation {
      requireNonNull(precision, "precision");
    }
  }

  /** Checks the range of every value. */
  public TrainingConfig {
    requireNonNull(length, "length");
    requireNonNull(texts, "texts");
    requireNonNull(batching, "batching");
    atLeastOne("gradient accumulation steps", gradientAccumulationSteps);
    requireNonNull(update, "update");
    requireNonNull(objective, "objective");
    dropout.ifPresent(
        p ->
            checkArgument(p >= 0 && p < 1, "dropout must be at least 0 and below 1 but was %s", p));
    requireNonNull(computation, "computation");
  }

  private static void atLeastOne(String name, int value) {
    checkArgument(value >= 1, "%s must be at least 1 but was %s", name, value);
  }

  /** Returns the defaults. */
  public static TrainingConfig defaults() {
    return DEFAULTS;
  }

  /** Returns this configuration with another length. */
  public TrainingConfig withLength(Length value) {
    return with(value, texts, batching, gradientAccumulationSteps, update, objective);
  }

  /** Returns this configuration with another prefix and other limits of the texts. */
  public TrainingConfig withTexts(Texts value) {
    return with(length, value, batching, gradientAccumulationSteps, update, objective);
  }

  /** Returns this configuration with other batches. */
  public TrainingConfig withBatching(Batching value) {
    return with(length, texts, value, gradientAccumulationSteps, update, objective);
  }

  /** Returns this configuration with another number of batches per update. */
  public TrainingConfig withGradientAccumulationSteps(int value) {
    return with(length, texts, batching, value, update, objective);
  }

  /** Returns this configuration with another optimizer, schedule and clipping. */
  public TrainingConfig withUpdate(Update value) {
    return with(length, texts, batching, gradientAccumulationSteps, value, objective);
  }

  /** Returns this configuration with another optimizer. */
  public TrainingConfig withOptimizer(Optimizer value) {
    return withUpdate(new Update(value, update.schedule(), update.maxGradientNorm()));
  }

  /** Returns this configuration with another course of the learning rate. */
  public TrainingConfig withSchedule(LearningRateSchedule value) {
    return withUpdate(new Update(update.optimizer(), value, update.maxGradientNorm()));
  }

  /** Returns this configuration with another limit for the norm of the gradients; 0 for none. */
  public TrainingConfig withMaxGradientNorm(double value) {
    return withUpdate(new Update(update.optimizer(), update.schedule(), value));
  }

  /** Returns this configuration with another objective. */
  public TrainingConfig withObjective(Objective value) {
    return with(length, texts, batching, gradientAccumulationSteps, update, value);
  }

  /** Returns this configuration with another dropout probability than the model's. */
  public TrainingConfig withDropout(double value) {
    return new TrainingConfig(
        length,
        texts,
        batching,
        gradientAccumulationSteps,
        update,
        objective,
        OptionalDouble.of(value),
        computation,
        seed);
  }

  /** Returns this configuration with another way to compute. */
  public TrainingConfig withComputation(Computation value) {
    return new TrainingConfig(
        length,
        texts,
        batching,
        gradientAccumulationSteps,
        update,
        objective,
        dropout,
        value,
        seed);
  }

  /** Returns this configuration with another seed. */
  public TrainingConfig withSeed(long value) {
    return new TrainingConfig(
        length,
        texts,
        batching,
        gradientAccumulationSteps,
        update,
        objective,
        dropout,
        computation,
        value);
  }

  private TrainingConfig with(
      Length newLength,
      Texts newTexts,
      Batching newBatching,
      int newAccumulation,
      Update newUpdate,
      Objective newObjective) {
    return new TrainingConfig(
        newLength,
        newTexts,
        newBatching,
        newAccumulation,
        newUpdate,
        newObjective,
        dropout,
        computation,
        seed);
  }

  /** Returns every value by name, for the provenance of what was trained. */
  public Map<String, String> asMap() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("epochs", Integer.toString(length.epochs()));
    length.maxSteps().ifPresent(steps -> values.put("max_steps", Integer.toString(steps)));
    values.put("batch_size", Integer.toString(batching.batchSize()));
    batching
        .tokenBudget()
        .ifPresent(tokens -> values.put("token_budget", Integer.toString(tokens)));
    values.put("packing", Boolean.toString(batching.packing()));
    values.put("group_by_length", Boolean.toString(batching.groupsByLength()));
    values.put("gradient_accumulation_steps", Integer.toString(gradientAccumulationSteps));
    values.put("task_prefix", texts.taskPrefix());
    values.put("max_source_tokens", Integer.toString(texts.maxSourceTokens()));
    values.put("max_target_tokens", Integer.toString(texts.maxTargetTokens()));
    values.putAll(update.optimizer().asMap());
    values.putAll(update.schedule().asMap());
    values.put("max_gradient_norm", Double.toString(update.maxGradientNorm()));
    values.put("label_smoothing", Double.toString(objective.labelSmoothing()));
    values.put("z_loss", Double.toString(objective.zLoss()));
    dropout.ifPresent(p -> values.put("dropout", Double.toString(p)));
    values.put("precision", computation.precision().name().toLowerCase(Locale.ROOT));
    values.put("gradient_checkpointing", Boolean.toString(computation.gradientCheckpointing()));
    values.put("freeze_encoder", Boolean.toString(computation.freezeEncoder()));
    values.put("seed", Long.toString(seed));
    return values;
  }
}
