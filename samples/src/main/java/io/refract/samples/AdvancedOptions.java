package io.refract.samples;

import io.refract.train.Checkpoints;
import io.refract.train.Precision;
import io.refract.train.T5Trainer;
import io.refract.train.callback.EarlyStopping;
import io.refract.train.callback.MetricLog;
import io.refract.train.callback.TensorBoard;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The training options of {@code fine-tune} that most trainings leave at their defaults. */
final class AdvancedOptions {

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "adamw, adafactor, or adamw-scaled, which steps in proportion to each weight's size and is"
              + " for training from nothing (default: ${DEFAULT-VALUE}).")
  String optimizer = "adamw";

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "linear, constant, cosine, inverse-square-root or warmup-stable-decay (default:"
              + " ${DEFAULT-VALUE}).")
  String schedule = "linear";

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "Batches per update (default: ${DEFAULT-VALUE}).")
  int accumulation = 1;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      description = "Tokens of a batch, padding counted, in place of a number of examples.")
  @Nullable Integer tokenBudget;

  @Option(names = "--packing", description = "Let short examples share a row.")
  boolean packing;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout probability (default: that of the model's configuration).")
  @Nullable Double dropout;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      description = "Share of the probability that is spread over the vocabulary (default: 0).")
  double labelSmoothing;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description =
          "fp32, or bf16 for products of matrices in bfloat16 over 32-bit weights (default:"
              + " ${DEFAULT-VALUE}).")
  String precision = "fp32";

  @Option(
      names = "--gradient-checkpointing",
      description = "Compute blocks twice in place of keeping what they computed: less memory.")
  boolean gradientCheckpointing;

  @Option(names = "--freeze-encoder", description = "Train the decoder only.")
  boolean freezeEncoder;

  @Option(
      names = "--auto-batch-size",
      description = "Make batches smaller, and take more for an update, until memory suffices.")
  boolean autoBatchSize;

  @Option(
      names = "--early-stopping",
      paramLabel = "N",
      description = "End after so many epochs whose validation loss is no better.")
  @Nullable Integer earlyStopping;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description =
          "Save a checkpoint each epoch, and go on from the newest one there; Ctrl-C saves one, too.")
  @Nullable Path checkpoints;

  @Option(
      names = "--csv-log",
      paramLabel = "FILE",
      description = "Write loss and metrics of every update to this file.")
  @Nullable Path csvLog;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write event files for TensorBoard into this folder.")
  @Nullable Path tensorBoard;

  /** Gives a trainer these options. */
  T5Trainer applyTo(T5Trainer trainer, double learningRate, double warmupRatio) {
    trainer
        .optimizer(optimizer().withLearningRate(learningRate))
        .schedule(schedule().withWarmupRatio(warmupRatio))
        .gradientAccumulationSteps(accumulation)
        .labelSmoothing(labelSmoothing)
        .precision(Precision.of(precision));
    if (tokenBudget != null) {
      trainer.tokenBudget(tokenBudget);
    }
    if (dropout != null) {
      trainer.dropout(dropout);
    }
    if (packing) {
      trainer.packing();
    }
    if (gradientCheckpointing) {
      trainer.gradientCheckpointing();
    }
    if (freezeEncoder) {
      trainer.freezeEncoder();
    }
    if (autoBatchSize) {
      trainer.autoBatchSize();
    }
    watch(trainer);
    return trainer;
  }

  private void watch(T5Trainer trainer) {
    if (earlyStopping != null) {
      trainer.callback(EarlyStopping.on("loss").patience(earlyStopping));
    }
    if (csvLog != null) {
      trainer.callback(MetricLog.csv(csvLog));
    }
    if (tensorBoard != null) {
      trainer.callback(TensorBoard.at(tensorBoard));
    }
    if (checkpoints != null) {
      trainer.checkpoints(Checkpoints.in(checkpoints)).resume().stopOnShutdown();
    }
  }

  private Optimizer optimizer() {
    return switch (optimizer) {
      case "adamw" -> AdamW.defaults();
      case "adafactor" -> Adafactor.defaults();
      case "adamw-scaled" -> ScaledAdamW.defaults();
      default ->
          throw new IllegalArgumentException(
              "--optimizer must be adamw, adafactor or adamw-scaled but was " + optimizer);
    };
  }

  private LearningRateSchedule schedule() {
    return switch (schedule) {
      case "linear" -> LearningRateSchedule.linear();
      case "constant" -> LearningRateSchedule.constant();
      case "cosine" -> LearningRateSchedule.cosine();
      case "inverse-square-root" -> LearningRateSchedule.inverseSquareRoot();
      case "warmup-stable-decay" -> LearningRateSchedule.warmupStableDecay(0.2);
      default ->
          throw new IllegalArgumentException(
              "--schedule must be linear, constant, cosine, inverse-square-root or"
                  + " warmup-stable-decay but was "
                  + schedule);
    };
  }
}
