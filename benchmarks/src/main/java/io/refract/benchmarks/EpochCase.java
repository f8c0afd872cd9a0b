package io.refract.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.data.Dataset;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Trains from the checkpoint for the first updates of an epoch with the trainer's defaults, texts
 * to weights. The evaluations on the way are not part of the time.
 *
 * <p>A command has {@code data}, {@code validation}, {@code batch_size}, {@code max_source_tokens},
 * {@code max_target_tokens}, {@code learning_rate}, {@code steps}, {@code evaluate_every}, {@code
 * seed} and {@code order}: {@code grouped} for batches of similar length, else the trainer's own,
 * which are random. {@code dropout} replaces the model's.
 */
final class EpochCase implements Case {

  private final Path directory;

  EpochCase(Path directory) {
    this.directory = directory;
  }

  @Override
  public JsonObject run(JsonObject command) {
    try (T5Model model = T5Model.load(directory)) {
      Dataset training = dataset(command, "data");
      Dataset validation = dataset(command, "validation");
      long start = System.nanoTime();
      T5Trainer trainer =
          T5Trainer.of(model)
              .data(training)
              .validation(validation)
              .maxSourceTokens(command.get("max_source_tokens").getAsInt())
              .maxTargetTokens(command.get("max_target_tokens").getAsInt())
              .batchSize(command.get("batch_size").getAsInt())
              .learningRate(command.get("learning_rate").getAsDouble())
              .evaluateEvery(command.get("evaluate_every").getAsInt())
              .seed(command.get("seed").getAsLong())
              .epochs(1)
              .maxSteps(command.get("steps").getAsInt());
      if (command.get("order").getAsString().equals("grouped")) {
        trainer.groupByLength(true);
      }
      if (command.has("dropout")) {
        trainer.dropout(command.get("dropout").getAsDouble());
      }
      TrainingResult result = trainer.train();
      Duration evaluating =
          result.evaluations().stream()
              .map(EvaluationReport::duration)
              .reduce(Duration.ZERO, Duration::plus);
      long nanos = System.nanoTime() - start - evaluating.toNanos();

      JsonObject answer = new JsonObject();
      answer.addProperty("seconds", nanos / 1e9);
      answer.addProperty("steps", result.steps());
      JsonArray losses = new JsonArray();
      for (EvaluationReport report : result.evaluations()) {
        JsonObject loss = new JsonObject();
        loss.addProperty("step", report.step());
        loss.addProperty("loss", report.metrics().get("loss"));
        losses.add(loss);
      }
      answer.add("validation_losses", losses);
      return answer;
    }
  }

  private static Dataset dataset(JsonObject command, String key) {
    return Dataset.jsonl(Path.of(command.get(key).getAsString()))
        .source("source")
        .target("target")
        .read();
  }
}
