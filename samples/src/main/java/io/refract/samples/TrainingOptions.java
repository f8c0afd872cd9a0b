package io.refract.samples;

import io.refract.train.T5Trainer;
import io.refract.train.data.Dataset;
import io.refract.train.metric.ExactMatch;
import io.refract.train.metric.Rouge;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The training options that {@code end-to-end} and {@code fine-tune} share. */
final class TrainingOptions {

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_HUB_ID",
      description = {
        "What to start from: a Hugging Face checkpoint directory, an id of the Hugging Face hub such as"
            + " google-t5/t5-small, which is downloaded unless it is cached, or a directory with only"
            + " config.json and tokenizer.json, which is trained from nothing (default: samples/model, a tiny T5 whose tokenizer knows the words of the"
            + " support tickets; benchmarks/parity/make_tiny_model.py makes one for other data)."
      })
  @Nullable String model;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description =
          "Task prefix in front of every source text, its trailing space included (default: none).")
  String prefix = "";

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training data (default: ${DEFAULT-VALUE}).")
  int epochs = 20;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Examples per update (default: ${DEFAULT-VALUE}).")
  int batchSize = 16;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description =
          "Highest learning rate, reached at the end of the warm-up; with AdamW, 1e-4 to 3e-4 suit a"
              + " pretrained T5 (default: ${DEFAULT-VALUE}, for a tiny model trained from nothing).")
  double learningRate = 1e-3;

  @Option(
      names = "--warmup-ratio",
      paramLabel = "SHARE",
      description =
          "Share of all updates in which the learning rate rises from 0 (default: ${DEFAULT-VALUE}).")
  double warmupRatio = 0.1;

  @Option(
      names = "--max-source-tokens",
      paramLabel = "N",
      description = "Tokens after which a source is cut (default: ${DEFAULT-VALUE}).")
  int maxSourceTokens = 128;

  @Option(
      names = "--max-target-tokens",
      paramLabel = "N",
      description =
          "Tokens after which a target is cut and generation stops (default: ${DEFAULT-VALUE}).")
  int maxTargetTokens = 16;

  @Option(
      names = "--hold-out",
      paramLabel = "SHARE",
      description =
          "Share of the distinct source texts that training does not see (default:"
              + " ${DEFAULT-VALUE}).")
  double holdOut = 0.15;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of the split, the first weights, the order and the dropout (default:"
              + " ${DEFAULT-VALUE}).")
  long seed = 42;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write all metrics and times to this JSON file.")
  @Nullable Path report;

  /** Returns a trainer over the training side of a split, with these options. */
  T5Trainer trainer(T5Model t5, Dataset training) {
    return T5Trainer.of(t5)
        .data(training)
        .taskPrefix(prefix)
        .maxSourceTokens(maxSourceTokens)
        .maxTargetTokens(maxTargetTokens)
        .epochs(epochs)
        .batchSize(batchSize)
        .learningRate(learningRate)
        .warmupRatio(warmupRatio)
        .metric(new ExactMatch())
        .metric(Rouge.all())
        .seed(seed);
  }
}
