package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.registry.LifecycleStage;
import io.refract.registry.ModelRegistry;
import io.refract.registry.ModelVersion;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.Scorer;
import io.refract.scoring.TextToText;
import io.refract.train.TrainingResult;
import io.refract.train.data.Dataset;
import io.refract.train.data.Split;
import io.refract.train.t5.T5Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The whole story: fine-tune a T5, register it, promote it, score through the registry, deploy it
 * to an embedded Snowflake and call it from SQL.
 */
@Command(
    name = "end-to-end",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fine-tunes a T5 on labelled texts, registers and promotes it, scores through the registry,"
          + " deploys it as a Python function to an embedded Snowflake, calls it from SQL and checks"
          + " that SQL and local scores agree row for row.",
      "Without options it trains a tiny T5 from nothing on the project's own support tickets; it needs"
          + " no account, no GPU, and no network beyond Maven Central and PyPI."
    })
final class EndToEnd implements Callable<Integer> {

  private static final String MODEL_NAME = "ticket-triage";

  @Mixin private final TicketOptions tickets = new TicketOptions();

  @Mixin private final TrainingOptions training = new TrainingOptions();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder of registry, Snowflake and report (default: samples/output/end-to-end).")
  @Nullable Path output;

  private final PrintStream out = System.out;
  private final Report report = new Report();

  @Override
  public Integer call() {
    Instant start = Instant.now();
    Path folder = output == null ? SampleFiles.output("end-to-end") : output;
    Dataset dataset = tickets.read();
    Split split = dataset.holdOut(training.holdOut, training.seed);
    report.put("data", dataset.report().toString());
    report.put("training_rows", split.training().size());
    report.put("held_out_rows", split.validation().size());

    heading("1. The data");
    out.println(dataset.report());
    out.printf(
        "%d examples to learn from, %d held out; no text is on both sides.%n",
        split.training().size(), split.validation().size());

    ModelRegistry registry = ModelRegistry.at(folder.resolve("registry"));
    ModelVersion version = trainAndRegister(split, registry);

    heading("4. Promote it and score through the registry");
    promote(registry, version);
    List<String> requests = split.validation().examples().stream().map(e -> e.source()).toList();
    List<@Nullable String> scores;
    Instant scoring = Instant.now();
    try (Scorer<String, String> scorer = registry.scorer(MODEL_NAME, LifecycleStage.PRODUCTION)) {
      scores = scorer.scoreAll(requests);
    }
    report.time("score", Duration.between(scoring, Instant.now()));
    out.printf(
        "Scored the %d held-out texts with nothing but the registry in %s.%n",
        requests.size(), folder.resolve("registry"));

    Instant snowflake = Instant.now();
    SnowflakeStory story = new SnowflakeStory(folder.resolve("snowflake"), out);
    boolean equal = story.tell(version, split.validation().examples(), scores);
    report.time("snowflake", Duration.between(snowflake, Instant.now()));
    report.put("sql_equals_local", equal);
    report.time("total", Duration.between(start, Instant.now()));

    heading("7. What happened");
    summary(version, split, folder, equal, Duration.between(start, Instant.now()));
    if (training.report != null) {
      report.write(training.report);
      out.println("All metrics and times: " + training.report);
    }
    return equal ? 0 : 1;
  }

  private ModelVersion trainAndRegister(Split split, ModelRegistry registry) {
    heading("2. Fine-tune");
    try (T5Model model = Models.open(training.model, training.seed)) {
      out.println(model);
      TrainingResult result =
          training
              .trainer(model, split.training())
              .validation(split.validation())
              .evaluateBefore()
              .callback(Progress.bar())
              .train();
      report.time("train", result.duration());
      report.put("metrics_before", result.metricsBefore());
      report.put("metrics_after", result.metrics());
      report.put("tokens_per_second", result.tokensPerSecond());
      report.put("steps", result.steps());
      out.printf(
          Locale.ROOT,
          "%d updates in %.0f s, %.0f tokens per second. On the held-out texts:%n%n%s",
          result.steps(),
          result.duration().toMillis() / 1000.0,
          result.tokensPerSecond(),
          MetricsTable.of(result.metricsBefore(), result.metrics()));

      heading("3. Register the model with its score function");
      ModelVersion version =
          registry
              .register(MODEL_NAME)
              .model(model)
              .scoreWith(
                  new TextToText(
                      training.prefix,
                      GenerationSettings.defaults()
                          .withMaxSourceTokens(training.maxSourceTokens)
                          .withMaxNewTokens(training.maxTargetTokens)
                          .withBatchSize(32)))
              .provenance(result.provenance())
              .metrics(result.metrics())
              .commit();
      report.put("model_version", version.toString());
      report.put("model_digest", version.digest());
      out.printf(
          "%s version %d, manifest %s...%n",
          version.name(), version.number(), version.digest().substring(0, 12));
      return version;
    }
  }

  private static void promote(ModelRegistry registry, ModelVersion version) {
    // The data scientist hands it over, the quality controller lets it into production.
    if (registry.stage(version) == LifecycleStage.DEVELOPMENT) {
      registry
          .promote(version)
          .to(LifecycleStage.VALIDATION)
          .by("dana")
          .because("trained on the current tickets")
          .commit();
    }
    if (registry.stage(version) == LifecycleStage.VALIDATION) {
      registry
          .promote(version)
          .to(LifecycleStage.PRODUCTION)
          .by("quinn")
          .because(
              "exact match on held-out texts: "
                  + String.format(Locale.ROOT, "%.3f", version.metrics().get("exact_match")))
          .commit();
    }
  }

  private void summary(
      ModelVersion version, Split split, Path folder, boolean equal, Duration duration) {
    out.printf(
        Locale.ROOT,
        "A T5 learned from %d texts in this JVM and answers %.1f %% of %d unseen texts exactly"
            + " right.%n",
        split.training().size(),
        100 * version.metrics().getOrDefault("exact_match", Double.NaN),
        split.validation().size());
    out.printf(
        "It is version %d of '%s' in the registry, in stage PRODUCTION, with its audit log.%n",
        version.number(), version.name());
    out.println(
        "Its files lie on the stages T5_P_MODEL, T5_P_TOKENIZER and LLM, and the SQL function TRIAGE"
            + " runs it.");
    out.println(
        equal
            ? "SQL and local scores agree on every row."
            : "SQL and local scores DIFFER; the rows stand above.");
    out.printf(
        Locale.ROOT,
        "Everything is in %s; it took %.0f s.%n",
        folder,
        duration.toMillis() / 1000.0);
  }

  private void heading(String text) {
    out.printf("%n%s%n%s%n", text, "-".repeat(text.length()));
  }
}
