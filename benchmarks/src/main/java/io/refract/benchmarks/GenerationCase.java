package io.refract.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Generates for one batch of token ids. The models stay loaded, one for each dtype.
 *
 * <p>A command has {@code sources}, {@code new_tokens}, {@code beams} and {@code dtype}.
 */
final class GenerationCase implements Case, AutoCloseable {

  private final Gson gson = new Gson();
  private final Path directory;
  private final Map<String, T5Model> models = new HashMap<>();

  GenerationCase(Path directory) {
    this.directory = directory;
  }

  @Override
  public JsonObject run(JsonObject command) {
    int beams = command.get("beams").getAsInt();
    List<int[]> sources = Arrays.asList(gson.fromJson(command.get("sources"), int[][].class));
    int newTokens = command.get("new_tokens").getAsInt();
    T5Model model = models.computeIfAbsent(command.get("dtype").getAsString(), this::load);

    long start = System.nanoTime();
    List<int[]> ids = generate(model, sources, newTokens, beams);
    double seconds = (System.nanoTime() - start) / 1e9;

    JsonObject answer = new JsonObject();
    answer.addProperty("seconds", seconds);
    answer.add("ids", gson.toJsonTree(ids));
    return answer;
  }

  private static List<int[]> generate(
      T5Model model, List<int[]> sources, int newTokens, int beams) {
    return model.generateIds(
        sources,
        GenerationSettings.defaults()
            .withMaxNewTokens(newTokens)
            .withBatchSize(sources.size())
            .withDecoding(Decoding.defaults().withNumBeams(beams)));
  }

  private T5Model load(String dtype) {
    WeightFormat format =
        switch (dtype) {
          case "fp32" -> WeightFormat.FLOAT32;
          case "bf16" -> WeightFormat.BFLOAT16;
          case "int8" -> WeightFormat.INT8;
          default -> throw new UnsupportedCaseException("the SDK does not generate in " + dtype);
        };
    return T5Model.load(directory).scoreIn(format);
  }

  @Override
  public void close() {
    models.values().forEach(T5Model::close);
  }
}
