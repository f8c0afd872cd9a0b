package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.train.BestModel;
import io.refract.train.Checkpoints;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.checkpoint.CheckpointDirectory;
import io.refract.train.data.Dataset;
import io.refract.train.data.Split;
import io.refract.train.metric.Rouge;
import io.refract.train.report.TrainingReport;
import io.refract.train.t5.T5Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fine-tunes a T5 to summarize news. */
@Command(
    name = "fine-tune-summarizer",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fine-tunes a T5 to summarize news from a file in the public news_summary.csv format: columns ctext"
          + " (the article) and text (its summary), windows-1252 bytes, empty cells, articles of thousands"
          + " of words.",
      "Without --data it writes such a file of invented news first, and trains the samples' tiny T5 on it,"
          + " which shows the way but learns little; give it the real file and --model google-t5/t5-small."
    })
final class FineTuneSummarizer implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "news_summary.csv (default: invented news, written to the output folder).")
  @Nullable Path data;

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_HUB_ID",
      description = "What to start from (default: the samples' tiny T5, trained from nothing).")
  @Nullable String model;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the data (default: ${DEFAULT-VALUE}).")
  int epochs = 6;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Examples of an update (default: ${DEFAULT-VALUE}).")
  int batchSize = 8;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description =
          "Highest learning rate; 3e-4 suits a pretrained T5 (default: ${DEFAULT-VALUE}).")
  double learningRate = 1e-3;

  @Option(
      names = "--max-source-tokens",
      paramLabel = "N",
      description = "Tokens after which an article is cut (default: ${DEFAULT-VALUE}).")
  int maxSourceTokens = 256;

  @Option(
      names = "--max-target-tokens",
      paramLabel = "N",
      description = "Tokens after which a summary is cut (default: ${DEFAULT-VALUE}).")
  int maxTargetTokens = 64;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder for checkpoints, model and report (default: a new one in samples/output).")
  @Nullable Path output;

  private static final long SEED = 42;

  private final PrintStream out = System.out;

  @Override
  public Integer call() {
    Path folder =
        output == null
            ? SampleFiles.nextFree(SampleFiles.output("fine-tune-summarizer"), "run")
            : output;
    // Finds out before the training what would fail after it.
    CheckpointDirectory.checkVacant(folder.resolve("model"));
    Path file = data == null ? InventedNews.write(folder.resolve("news_summary.csv")) : data;
    Dataset news = Dataset.csv(file).source("ctext").target("text").read();
    out.println(news.report());
    Split split = news.holdOut(0.1, SEED);
    try (T5Model t5 = Models.open(model, SEED)) {
      TrainingResult result =
          T5Trainer.of(t5)
              .data(split.training())
              .validation(split.validation())
              .taskPrefix("summarize: ")
              .maxSourceTokens(maxSourceTokens)
              .maxTargetTokens(maxTargetTokens)
              .epochs(epochs)
              .batchSize(batchSize)
              .autoBatchSize()
              .learningRate(learningRate)
              .warmupRatio(0.1)
              .metric(Rouge.all())
              .evaluateBefore()
              .bestModelAtEnd(BestModel.by("rougeL"))
              .checkpoints(Checkpoints.in(folder.resolve("checkpoints")))
              .resume()
              .stopOnShutdown()
              .seed(SEED)
              .callback(Progress.bar())
              .train();
      t5.save(folder.resolve("model"));
      out.printf(
          Locale.ROOT,
          "%n%d updates in %.0f s, %.0f tokens per second.%n%n%s",
          result.steps(),
          result.duration().toMillis() / 1000.0,
          result.tokensPerSecond(),
          MetricsTable.of(result.metricsBefore(), result.metrics()));
      result.samples().stream()
          .limit(2)
          .forEach(
              sample ->
                  out.printf("%n  wanted  %s%n  written %s%n", sample.target(), sample.after()));
      Path page = folder.resolve("report.html");
      TrainingReport.of(result).title("News summaries").model(t5.toString()).write(page);
      out.printf("%nThe model is in %s, the report is %s.%n", folder.resolve("model"), page);
    }
    return 0;
  }
}
