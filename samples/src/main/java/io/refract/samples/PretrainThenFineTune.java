package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.data.Split;
import io.refract.train.metric.ExactMatch;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.pretrain.TextCorpus;
import io.refract.train.t5.T5Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pre-trains a T5 on plain text, then fine-tunes it on few labels. */
@Command(
    name = "pretrain-then-fine-tune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Pre-trains a tiny T5 on plain text by span corruption, fine-tunes it on few labelled tickets,"
            + " and compares with fine-tuning alone.")
final class PretrainThenFineTune implements Callable<Integer> {

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Plain text, one document a line (default: the requests of the support tickets that are not"
              + " held out).")
  @Nullable Path text;

  @Option(
      names = "--labels",
      paramLabel = "N",
      description = "Labelled tickets to fine-tune on (default: ${DEFAULT-VALUE}).")
  int labels = 200;

  @Option(
      names = "--pretraining-epochs",
      paramLabel = "N",
      description = "Passes over the plain text (default: ${DEFAULT-VALUE}).")
  int pretrainingEpochs = 60;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the labelled tickets (default: ${DEFAULT-VALUE}).")
  int epochs = 20;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  long seed = 42;

  private final PrintStream out = System.out;

  @Override
  public Integer call() {
    Split split =
        DataOptions.read(SampleFiles.tickets(), "request", "category").holdOut(0.15, seed);
    Dataset few = split.training().first(labels);
    TextCorpus corpus =
        text == null
            ? TextCorpus.of(
                "requests", split.training().examples().stream().map(Example::source).toList())
            : TextCorpus.lines(text);
    double alone = fineTuneAlone(few, split.validation());
    double pretrained = pretrainAndFineTune(corpus, few, split.validation());
    out.printf(
        Locale.ROOT,
        "%nExact match on %d held-out tickets after fine-tuning on %d:%n  without pre-training %6.1f"
            + " %%%n  with pre-training    %6.1f %%%n",
        split.validation().size(),
        few.size(),
        100 * alone,
        100 * pretrained);
    return 0;
  }

  private double fineTuneAlone(Dataset few, Dataset validation) {
    out.println("Fine-tuning random weights ...");
    try (T5Model model = Models.open(null, seed)) {
      return fineTune(model, few, validation);
    }
  }

  private double pretrainAndFineTune(TextCorpus corpus, Dataset few, Dataset validation) {
    try (T5Model model = Models.open(null, seed)) {
      out.println("Pre-training by span corruption ...");
      TrainingResult result =
          T5Trainer.of(model)
              .data(corpus)
              .maxSourceTokens(64)
              .maxTargetTokens(32)
              .epochs(pretrainingEpochs)
              .batchSize(16)
              .optimizer(ScaledAdamW.defaults())
              .schedule(LearningRateSchedule.cosine().withWarmupRatio(0.1))
              .seed(seed)
              .callback(Progress.bar())
              .train();
      out.printf(
          Locale.ROOT,
          "%d updates in %.0f s; loss %.3f at first, %.3f at last.%n",
          result.steps(),
          result.duration().toMillis() / 1000.0,
          result.lossCurve().get(0).loss(),
          result.metrics().get("train_loss"));
      out.println("Fine-tuning the pre-trained weights ...");
      return fineTune(model, few, validation);
    }
  }

  private double fineTune(T5Model model, Dataset few, Dataset validation) {
    TrainingResult result =
        T5Trainer.of(model)
            .data(few)
            .validation(validation)
            .maxSourceTokens(128)
            .maxTargetTokens(16)
            .epochs(epochs)
            .batchSize(16)
            .learningRate(1e-3)
            .warmupRatio(0.1)
            .metric(new ExactMatch())
            .seed(seed)
            .callback(Progress.bar())
            .train();
    return result.metrics().getOrDefault("exact_match", Double.NaN);
  }
}
