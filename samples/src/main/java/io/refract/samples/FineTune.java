package io.refract.samples;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.refract.progress.Progress;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.callback.EpochReport;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.data.Split;
import io.refract.train.report.TrainingReport;
import io.refract.train.t5.T5Model;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fine-tunes a T5 on a file and writes a Hugging Face checkpoint directory. */
@Command(
    name = "fine-tune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Fine-tunes a T5 on two columns of a file and writes a checkpoint directory that Hugging Face"
            + " transformers loads too.")
final class FineTune implements Callable<Integer> {

  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--validation-data",
      paramLabel = "FILE",
      description =
          "File with the same columns to judge by, in place of a share of the data that is held out.")
  @Nullable Path validationData;

  @Mixin private final TrainingOptions training = new TrainingOptions();

  @Mixin private final AdvancedOptions advanced = new AdvancedOptions();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Checkpoint directory to write; it must be new or empty (default: the next free"
              + " samples/output/fine-tune/model-N).")
  @Nullable Path output;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write curves, data report, metrics and samples to this HTML file.")
  @Nullable Path html;

  @Option(
      names = "--write-split",
      paramLabel = "DIR",
      description =
          "Also write the two sides of the split, as training.jsonl and validation.jsonl, for a"
              + " comparison with another trainer.")
  @Nullable Path writeSplit;

  @Override
  public Integer call() {
    PrintStream out = System.out;
    Instant start = Instant.now();
    Path directory =
        output == null ? SampleFiles.nextFree(SampleFiles.output("fine-tune"), "model") : output;
    requireEmpty(directory);
    Split split = split(out);
    if (writeSplit != null) {
      write(split.training(), writeSplit.resolve("training.jsonl"));
      write(split.validation(), writeSplit.resolve("validation.jsonl"));
    }
    try (T5Model model = Models.open(training.model, training.seed)) {
      out.println(model);
      T5Trainer trainer = training.trainer(model, split.training());
      TrainingResult result =
          advanced
              .applyTo(trainer, training.learningRate, training.warmupRatio)
              .validation(split.validation())
              .evaluateBefore()
              .callback(Progress.bar())
              .train();
      model.save(directory);
      out.printf(
          Locale.ROOT,
          "%d updates in %.0f s, %.0f tokens per second. On the held-out texts:%n%n%s%n",
          result.steps(),
          result.duration().toMillis() / 1000.0,
          result.tokensPerSecond(),
          MetricsTable.of(result.metricsBefore(), result.metrics()));
      out.println("The checkpoint is in " + directory);
      if (html != null) {
        TrainingReport.of(result).model(model.toString()).write(html);
        out.println("Curves, data, metrics and samples: " + html);
      }
      if (training.report != null) {
        report(split, result, Duration.between(start, Instant.now())).write(training.report);
        out.println("All metrics and times: " + training.report);
      }
    }
    return 0;
  }

  private Split split(PrintStream out) {
    Dataset dataset = data.read();
    out.println(dataset.report());
    if (validationData != null) {
      Split split = new Split(dataset, data.read(validationData));
      out.println(split.validation().report());
      return split;
    }
    Split split = dataset.holdOut(training.holdOut, training.seed);
    out.printf(
        "%d examples to learn from, %d held out; no text is on both sides.%n",
        split.training().size(), split.validation().size());
    return split;
  }

  /** Finds out before the training what would fail after it. */
  private static void requireEmpty(Path directory) {
    if (Files.notExists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw new SampleException(
            "The checkpoint cannot go to "
                + directory
                + ": there are files in it. Name a new"
                + " directory with --output.");
      }
    } catch (IOException e) {
      throw new SampleException("The checkpoint cannot go to " + directory + ": " + e);
    }
  }

  private Report report(Split split, TrainingResult result, Duration total) {
    Report report = new Report();
    report.put("training_rows", split.training().size());
    report.put("held_out_rows", split.validation().size());
    report.put("metrics_before", result.metricsBefore());
    report.put("metrics_after", result.metrics());
    report.put("epochs", result.history().stream().map(FineTune::epoch).toList());
    report.put("steps", result.steps());
    report.put("tokens_per_second", result.tokensPerSecond());
    report.time("train", result.duration());
    report.time("total", total);
    return report;
  }

  private static Map<String, Object> epoch(EpochReport epoch) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("epoch", epoch.epoch());
    values.put("train_loss", epoch.trainingLoss());
    values.putAll(epoch.metrics());
    return values;
  }

  private static void write(Dataset dataset, Path file) {
    Gson gson = new Gson();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (BufferedWriter writer = Files.newBufferedWriter(file)) {
        for (Example example : dataset.examples()) {
          JsonObject line = new JsonObject();
          line.addProperty("source", example.source());
          line.addProperty("target", example.target());
          writer.write(gson.toJson(line));
          writer.newLine();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Writing the split to " + file + " failed: " + e, e);
    }
  }
}
