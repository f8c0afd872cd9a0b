package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.scoring.GenerationSettings;
import io.refract.train.BestModel;
import io.refract.train.TrainingResult;
import io.refract.train.callback.EarlyStopping;
import io.refract.train.data.Dataset;
import io.refract.train.data.Split;
import io.refract.train.metric.Classification;
import io.refract.train.metric.LabelMetrics;
import io.refract.train.report.TrainingReport;
import io.refract.train.t5.T5Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a T5 to name the category of a ticket, and shows where it errs. */
@Command(
    name = "classify-tickets",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Trains a T5 to write the label of a text, checks the labels first, and shows precision, recall"
            + " and F1 of each label, a confusion matrix, and an HTML report.")
final class ClassifyTickets implements Callable<Integer> {

  @Mixin private final TicketOptions tickets = new TicketOptions();

  @Option(
      names = "--labels",
      paramLabel = "LABEL",
      split = ",",
      description =
          "The labels that there may be, separated by commas (default: all that the data have).")
  List<String> labels = new ArrayList<>();

  @Mixin private final TrainingOptions training = new TrainingOptions();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Where the report goes (default: samples/output/classify-tickets/report.html).")
  @Nullable Path html;

  private final PrintStream out = System.out;

  @Override
  public Integer call() {
    Dataset dataset = tickets.read();
    List<String> known = labels.isEmpty() ? List.copyOf(dataset.labels().keySet()) : labels;
    dataset.requireLabels(known);
    out.println(dataset.report());
    dataset.labels().forEach((label, count) -> out.printf("  %6d  %s%n", count, label));
    Split split = dataset.holdOut(training.holdOut, training.seed);
    Classification classification = Classification.of(known);
    try (T5Model model = Models.open(training.model, training.seed)) {
      TrainingResult result =
          training
              .trainer(model, split.training())
              .validation(split.validation())
              .metric(classification)
              .evaluateBefore()
              .bestModelAtEnd(BestModel.by("macro_f1"))
              .callback(EarlyStopping.on("macro_f1").patience(8))
              .callback(Progress.bar())
              .train();
      out.printf(
          Locale.ROOT,
          "%d updates in %.0f s%s.%n%n",
          result.steps(),
          result.duration().toMillis() / 1000.0,
          result.stopReason().map(reason -> "; " + reason).orElse(""));
      result.labels().ifPresent(matrix -> out.println(LabelMetrics.of(matrix).table()));
      String example = split.validation().examples().get(0).source();
      out.printf(
          "%s%n  -> %s%n",
          example,
          model
              .generate(
                  List.of(training.prefix + example),
                  GenerationSettings.defaults().withMaxNewTokens(training.maxTargetTokens))
              .get(0));
      if (training.report != null) {
        Report report = new Report();
        report.put("metrics_before", result.metricsBefore());
        report.put("metrics_after", result.metrics());
        report.time("train", result.duration());
        report.write(training.report);
      }
      Path page =
          html == null ? SampleFiles.output("classify-tickets").resolve("report.html") : html;
      TrainingReport.of(result).title("Support tickets").model(model.toString()).write(page);
      out.println("Curves, data, confusion matrix and samples: " + page);
    }
    return 0;
  }
}
