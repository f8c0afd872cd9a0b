package io.refract.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a training stands: what {@code trainer_state.json} of a checkpoint says.
 *
 * @param identity everything that must be equal for the training to go on, by name
 * @param totalSteps all updates of the training
 * @param position updates and batches so far
 * @param epoch the epoch of the next batch, from 0
 * @param batch the number of the next batch in that epoch, from 0
 * @param unjudged whether the evaluation that is due after the last update is still to be made,
 *     because it failed
 * @param best the best evaluation so far
 * @param metricsBefore the evaluation before the first update; empty when there was none
 * @param callbacks the states of the callbacks, in their order
 * @param history the reports so far
 */
record TrainingState(
    Map<String, String> identity,
    int totalSteps,
    TrainingLoop.Position position,
    int epoch,
    int batch,
    boolean unjudged,
    Optional<Best> best,
    Map<String, Double> metricsBefore,
    List<Map<String, String>> callbacks,
    TrainingHistory history) {

  static final String FILE = "trainer_state.json";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** The evaluation with the best value so far. */
  record Best(int step, double value) {}

  void write(Path directory) throws IOException {
    JsonObject json = new JsonObject();
    json.add("identity", texts(identity));
    json.addProperty("total_steps", totalSteps);
    json.addProperty("steps", position.steps());
    json.addProperty("batches", position.batches());
    json.addProperty("epoch", epoch);
    json.addProperty("batch", batch);
    if (unjudged) {
      json.addProperty("evaluation_is_due", true);
    }
    best.ifPresent(
        value -> {
          json.addProperty("best_step", value.step());
          json.addProperty("best_value", value.value());
        });
    json.add("metrics_before", numbers(metricsBefore));
    JsonArray states = new JsonArray();
    callbacks.forEach(state -> states.add(texts(state)));
    json.add("callbacks", states);
    json.add("history", write(history));
    Files.writeString(directory.resolve(FILE), GSON.toJson(json));
  }

  private static JsonObject write(TrainingHistory history) {
    JsonObject json = new JsonObject();
    json.addProperty("trained_tokens", history.trainedTokens);
    json.addProperty("training_nanos", history.trainingNanos);
    json.addProperty("epoch_loss_sum", history.epochLossSum);
    json.addProperty("epoch_target_tokens", history.epochTargetTokens);
    json.addProperty("epoch_nanos", history.epochNanos);
    JsonArray steps = new JsonArray();
    for (StepReport step : history.steps) {
      JsonArray values = new JsonArray();
      values.add(step.epoch());
      values.add(step.loss());
      values.add(step.gradientNorm());
      values.add(step.learningRate());
      values.add(step.tokensPerSecond());
      steps.add(values);
    }
    json.add("steps", steps);
    JsonArray epochs = new JsonArray();
    for (EpochReport epoch : history.epochs) {
      JsonObject values = report(epoch.step(), epoch.epoch(), epoch.metrics(), epoch.duration());
      values.addProperty("train_loss", epoch.trainingLoss());
      epochs.add(values);
    }
    json.add("epochs", epochs);
    JsonArray evaluations = new JsonArray();
    for (EvaluationReport e : history.evaluations) {
      evaluations.add(report(e.step(), e.epoch(), e.metrics(), e.duration()));
    }
    json.add("evaluations", evaluations);
    return json;
  }

  private static JsonObject report(
      int step, int epoch, Map<String, Double> metrics, Duration duration) {
    JsonObject values = new JsonObject();
    values.addProperty("step", step);
    values.addProperty("epoch", epoch);
    values.addProperty("nanos", duration.toNanos());
    values.add("metrics", numbers(metrics));
    return values;
  }

  /** Numbers are kept as texts, so that infinities and NaN survive. */
  private static JsonObject numbers(Map<String, Double> values) {
    JsonObject json = new JsonObject();
    values.forEach((name, value) -> json.addProperty(name, Double.toString(value)));
    return json;
  }

  private static JsonObject texts(Map<String, String> values) {
    JsonObject json = new JsonObject();
    values.forEach(json::addProperty);
    return json;
  }

  /**
   * Reads the state of a checkpoint.
   *
   * @throws CheckpointException if the file is missing or not what {@link #write} writes
   */
  static TrainingState read(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      JsonObject json = GSON.fromJson(Files.readString(file), JsonObject.class);
      int total = json.get("total_steps").getAsInt();
      return new TrainingState(
          texts(json.getAsJsonObject("identity")),
          total,
          new TrainingLoop.Position(json.get("steps").getAsInt(), json.get("batches").getAsLong()),
          json.get("epoch").getAsInt(),
          json.get("batch").getAsInt(),
          json.has("evaluation_is_due"),
          json.has("best_step")
              ? Optional.of(
                  new Best(json.get("best_step").getAsInt(), json.get("best_value").getAsDouble()))
              : Optional.empty(),
          numbers(json.getAsJsonObject("metrics_before")),
          json.getAsJsonArray("callbacks").asList().stream()
              .map(state -> texts(state.getAsJsonObject()))
              .toList(),
          history(json.getAsJsonObject("history"), total));
    } catch (IOException
        | JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new CheckpointException(
          "Cannot resume from %s: %s cannot be read (%s). Remove that directory to resume from the checkpoint before it."
              .formatted(directory, FILE, e),
          e);
    }
  }

  private static TrainingHistory history(JsonObject json, int totalSteps) {
    TrainingHistory history = new TrainingHistory();
    history.trainedTokens = json.get("trained_tokens").getAsLong();
    history.trainingNanos = json.get("training_nanos").getAsLong();
    history.epochLossSum = json.get("epoch_loss_sum").getAsDouble();
    history.epochTargetTokens = json.get("epoch_target_tokens").getAsLong();
    history.epochNanos = json.get("epoch_nanos").getAsLong();
    for (JsonElement element : json.getAsJsonArray("steps")) {
      JsonArray step = element.getAsJsonArray();
      history.steps.add(
          new StepReport(
              history.steps.size() + 1,
              totalSteps,
              step.get(0).getAsInt(),
              step.get(1).getAsDouble(),
              step.get(2).getAsDouble(),
              step.get(3).getAsDouble(),
              step.get(4).getAsDouble()));
    }
    for (JsonElement element : json.getAsJsonArray("epochs")) {
      JsonObject epoch = element.getAsJsonObject();
      history.epochs.add(
          new EpochReport(
              epoch.get("epoch").getAsInt(),
              epoch.get("step").getAsInt(),
              epoch.get("train_loss").getAsDouble(),
              numbers(epoch.getAsJsonObject("metrics")),
              Duration.ofNanos(epoch.get("nanos").getAsLong())));
    }
    for (JsonElement element : json.getAsJsonArray("evaluations")) {
      JsonObject evaluation = element.getAsJsonObject();
      history.evaluations.add(
          new EvaluationReport(
              evaluation.get("step").getAsInt(),
              evaluation.get("epoch").getAsInt(),
              numbers(evaluation.getAsJsonObject("metrics")),
              Duration.ofNanos(evaluation.get("nanos").getAsLong())));
    }
    return history;
  }

  private static Map<String, String> texts(JsonObject json) {
    return members(json, JsonElement::getAsString);
  }

  private static Map<String, Double> numbers(JsonObject json) {
    return members(json, value -> Double.valueOf(value.getAsString()));
  }

  private static <T> Map<String, T> members(JsonObject json, Function<JsonElement, T> reader) {
    Map<String, T> values = new LinkedHashMap<>();
    json.entrySet().forEach(e -> values.put(e.getKey(), reader.apply(e.getValue())));
    return values;
  }
}
