package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.registry.ModelRegistry;
import io.refract.registry.ModelVersion;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.Scorer;
import io.refract.scoring.TextToText;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.checkpoint.CheckpointDirectory;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.data.Split;
import io.refract.train.lora.LoraConfig;
import io.refract.train.metric.ExactMatch;
import io.refract.train.t5.T5Model;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains two adapters on one base, and registers one of them in both forms. */
@Command(
    name = "fine-tune-with-lora",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Fine-tunes a base on the categories of support tickets, trains a LoRA adapter for another task on"
            + " it, saves the adapter as peft reads it, and registers it as base plus adapter and as one"
            + " merged model, which score alike.")
final class FineTuneWithLora implements Callable<Integer> {

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "Rank of the adapter (default: ${DEFAULT-VALUE}).")
  int rank = 8;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Scale of the adapter times its rank (default: ${DEFAULT-VALUE}).")
  double alpha = 16;

  @Option(names = "--rslora", description = "Divide alpha by the root of the rank.")
  boolean rsLora;

  @Option(
      names = "--base-epochs",
      paramLabel = "N",
      description = "Passes over the data for the base (default: ${DEFAULT-VALUE}).")
  int baseEpochs = 8;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the data for the adapter (default: ${DEFAULT-VALUE}).")
  int epochs = 12;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder for adapter and registry (default: a new one in samples/output).")
  @Nullable Path output;

  private static final long SEED = 42;

  private final PrintStream out = System.out;

  @Override
  public Integer call() {
    Path folder =
        output == null
            ? SampleFiles.nextFree(SampleFiles.output("fine-tune-with-lora"), "run")
            : output;
    // Finds out before the training what would fail after it.
    CheckpointDirectory.checkVacant(folder.resolve("adapter"));
    Split categories =
        DataOptions.read(SampleFiles.tickets(), "request", "category").holdOut(0.15, SEED);
    Split teams = new Split(teams(categories.training()), teams(categories.validation()));
    LoraConfig lora = LoraConfig.defaults().withRank(rank).withAlpha(alpha).withRsLora(rsLora);
    try (T5Model base = Models.open(null, SEED);
        T5Model tuned = base.withAdapter(lora, SEED)) {
      out.println("1. The base learns the categories.");
      TrainingResult learnt = trainer(base, categories, baseEpochs, 1e-3).train();
      report(learnt, base.trainableParameterCount());
      out.println("\n2. An adapter learns which team answers; the base stays as it is.");
      TrainingResult adapted = trainer(tuned, teams, epochs, 1e-2).train();
      report(adapted, tuned.trainableParameterCount());
      double share = 100.0 * tuned.trainableParameterCount() / base.parameterCount();
      out.printf(Locale.ROOT, "The adapter has %.1f %% of the weights of the base.%n", share);

      tuned.saveAdapter(folder.resolve("adapter"));
      out.printf(
          "%n3. peft reads it from %s (%d bytes).%n",
          folder.resolve("adapter"), size(folder.resolve("adapter")));
      String text = teams.validation().examples().get(0).source();
      out.printf(
          "%n%s%n  base     -> %s%n  adapter  -> %s%n", text, ask(base, text), ask(tuned, text));
      return register(ModelRegistry.at(folder.resolve("registry")), tuned, adapted, teams) ? 0 : 1;
    }
  }

  /** Another task over the same texts: two teams in place of five categories. */
  private static Dataset teams(Dataset dataset) {
    return Dataset.of(
        dataset.examples().stream()
            .map(
                example ->
                    new Example(
                        example.source(),
                        List.of("delivery", "refund").contains(example.target())
                            ? "the shop answers"
                            : "the workshop answers"))
            .toList());
  }

  private static T5Trainer trainer(T5Model model, Split split, int epochs, double learningRate) {
    return T5Trainer.of(model)
        .data(split.training())
        .validation(split.validation())
        .maxSourceTokens(128)
        .maxTargetTokens(16)
        .epochs(epochs)
        .batchSize(16)
        .learningRate(learningRate)
        .warmupRatio(0.1)
        .metric(new ExactMatch())
        .evaluateBefore()
        .seed(SEED)
        .callback(Progress.bar());
  }

  private void report(TrainingResult result, long parameters) {
    out.printf(
        Locale.ROOT,
        "Trained %,d weights in %.0f s.%n%n%s",
        parameters,
        result.duration().toMillis() / 1000.0,
        MetricsTable.of(result.metricsBefore(), result.metrics()));
  }

  private static String ask(T5Model model, String text) {
    return model.generate(List.of(text), GenerationSettings.defaults().withMaxNewTokens(16)).get(0);
  }

  private boolean register(
      ModelRegistry registry, T5Model tuned, TrainingResult result, Split split) {
    TextToText score =
        new TextToText("", GenerationSettings.defaults().withMaxNewTokens(16).withBatchSize(32));
    ModelVersion both =
        registry
            .register("teams-base-plus-adapter")
            .model(tuned)
            .scoreWith(score)
            .provenance(result.provenance())
            .metrics(result.metrics())
            .commit();
    ModelVersion merged =
        registry
            .register("teams-merged")
            .model(tuned.merged())
            .scoreWith(score)
            .provenance(result.provenance())
            .metrics(result.metrics())
            .commit();
    List<String> texts = split.validation().examples().stream().map(Example::source).toList();
    List<@Nullable String> first = scores(registry, both, texts);
    boolean equal = first.equals(scores(registry, merged, texts));
    out.printf(
        "%n4. Registered as %s and as %s; their scores of %d texts %s.%n",
        both, merged, texts.size(), equal ? "are equal" : "DIFFER");
    return equal;
  }

  private static List<@Nullable String> scores(
      ModelRegistry registry, ModelVersion version, List<String> texts) {
    try (Scorer<String, String> scorer = registry.scorer(version)) {
      return scorer.scoreAll(texts);
    }
  }

  private static long size(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading " + directory + " failed: " + e, e);
    }
  }
}
