package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Everything that decides the outcome of a training besides the model and the data.
 *
 * @param epochs how often the training data are gone through; default 3
 * @param batchSize examples that go through the model at once; default 8
 * @param gradientAccumulationSteps batches whose gradients make up one update; default 1
 * @param taskPrefix what is put in front of every source text, its trailing space included; default
 *     empty
 * @param maxSourceTokens input tokens after which a source is cut, end-of-sequence included;
 *     default 512
 * @param maxTargetTokens tokens after which a target is cut, end-of-sequence included; default 128
 * @param optimizer the optimizer's settings; default {@link AdamW#defaults()}
 * @param schedule the learning rate's course; default {@link LearningRateSchedule#linear()}
 * @param maxGradientNorm the limit to which the norm of all gradients is scaled down, or 0 for no
 *     limit; default 1
 * @param dropout the dropout probability, or empty for the one of the model's configuration, which
 *     is the default
 * @param seed decides the order of the examples and the dropout; default 42
 */
public record TrainingConfig(
    int epochs,
    int batchSize,
    int gradientAccumulationSteps,
    String taskPrefix,
    int maxSourceTokens,
    int maxTargetTokens,
    AdamW optimizer,
    LearningRateSchedule schedule,
    double maxGradientNorm,
    OptionalDouble dropout,
    long seed) {

  private static final TrainingConfig DEFAULTS =
      new TrainingConfig(
          3,
          8,
          1,
          "",
          512,
          128,
          AdamW.defaults(),
          LearningRateSchedule.linear(),
          1.0,
          OptionalDouble.empty(),
          42);

  /** Checks the range of every value. */
  public TrainingConfig {
    atLeastOne("epochs", epochs);
    atLeastOne("batch size", batchSize);
    atLeastOne("gradient accumulation steps", gradientAccumulationSteps);
    requireNonNull(taskPrefix, "taskPrefix");
    atLeastOne("max source tokens", maxSourceTokens);
    atLeastOne("max target tokens", maxTargetTokens);
    requireNonNull(optimizer, "optimizer");
    requireNonNull(schedule, "schedule");
    checkArgument(
        maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm),
        "max gradient norm must not be negative but was %s",
        maxGradientNorm);
    dropout.ifPresent(
        p ->
            checkArgument(p >= 0 && p < 1, "dropout must be at least 0 and below 1 but was %s", p));
  }

  private static void atLeastOne(String name, int value) {
    checkArgument(value >= 1, "%s must be at least 1 but was %s", name, value);
  }

  /** Returns the defaults. */
  public static TrainingConfig defaults() {
    return DEFAULTS;
  }

  /** Returns this configuration with another number of epochs. */
  public TrainingConfig withEpochs(int value) {
    return new TrainingConfig(
        value,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another batch size. */
  public TrainingConfig withBatchSize(int value) {
    return new TrainingConfig(
        epochs,
        value,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another number of batches per update. */
  public TrainingConfig withGradientAccumulationSteps(int value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        value,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another task prefix. */
  public TrainingConfig withTaskPrefix(String value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        value,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another limit of source tokens. */
  public TrainingConfig withMaxSourceTokens(int value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        value,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another limit of target tokens. */
  public TrainingConfig withMaxTargetTokens(int value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        value,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with other settings of the optimizer. */
  public TrainingConfig withOptimizer(AdamW value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        value,
        schedule,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another course of the learning rate. */
  public TrainingConfig withSchedule(LearningRateSchedule value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        value,
        maxGradientNorm,
        dropout,
        seed);
  }

  /** Returns this configuration with another limit of the gradients' norm. */
  public TrainingConfig withMaxGradientNorm(double value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        value,
        dropout,
        seed);
  }

  /** Returns this configuration with a dropout other than the one of the model. */
  public TrainingConfig withDropout(double value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        OptionalDouble.of(value),
        seed);
  }

  /** Returns this configuration with another seed. */
  public TrainingConfig withSeed(long value) {
    return new TrainingConfig(
        epochs,
        batchSize,
        gradientAccumulationSteps,
        taskPrefix,
        maxSourceTokens,
        maxTargetTokens,
        optimizer,
        schedule,
        maxGradientNorm,
        dropout,
        value);
  }

  /**
   * Returns the configuration as plain values in a fixed order, for provenance, reports and model
   * cards. A dropout that comes from the model is left out.
   */
  public Map<String, String> asMap() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("epochs", Integer.toString(epochs));
    values.put("batch_size", Integer.toString(batchSize));
    values.put("gradient_accumulation_steps", Integer.toString(gradientAccumulationSteps));
    values.put("task_prefix", taskPrefix);
    values.put("max_source_tokens", Integer.toString(maxSourceTokens));
    values.put("max_target_tokens", Integer.toString(maxTargetTokens));
    values.put("optimizer", "adamw");
    values.put("learning_rate", Double.toString(optimizer.learningRate()));
    values.put("weight_decay", Double.toString(optimizer.weightDecay()));
    values.put("beta1", Double.toString(optimizer.beta1()));
    values.put("beta2", Double.toString(optimizer.beta2()));
    values.put("epsilon", Double.toString(optimizer.epsilon()));
    values.put("schedule", schedule.decay().name().toLowerCase(Locale.ROOT));
    values.put("warmup_steps", Integer.toString(schedule.warmupSteps()));
    values.put("warmup_ratio", Double.toString(schedule.warmupRatio()));
    values.put("max_gradient_norm", Double.toString(maxGradientNorm));
    dropout.ifPresent(p -> values.put("dropout", Double.toString(p)));
    values.put("seed", Long.toString(seed));
    return values;
  }
}
