package io.refract.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.refract.scoring.GenerationSettings;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Generates for one batch of token ids. The model stays loaded.
 *
 * <p>A command has {@code sources}, {@code new_tokens}, {@code beams} and {@code dtype}.
 */
final class GenerationCase implements Case, AutoCloseable {

  private final Gson gson = new Gson();
  private final Path directory;
  private @Nullable T5Model loaded;

  GenerationCase(Path directory) {
    this.directory = directory;
  }

  @Override
  public JsonObject run(JsonObject command) {
    String dtype = command.get("dtype").getAsString();
    if (!dtype.equals("fp32")) {
      throw new UnsupportedCaseException("the SDK does not generate in " + dtype + " yet");
    }
    int beams = command.get("beams").getAsInt();
    List<int[]> sources = Arrays.asList(gson.fromJson(command.get("sources"), int[][].class));
    int newTokens = command.get("new_tokens").getAsInt();
    T5Model model = model();

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
    if (beams > 1) {
      // Waits for T5Model.generator().
      throw new UnsupportedCaseException("the SDK has no beam search yet");
    }
    return model.generateIds(
        sources,
        GenerationSettings.defaults().withMaxNewTokens(newTokens).withBatchSize(sources.size()));
  }

  private T5Model model() {
    if (loaded == null) {
      loaded = T5Model.load(directory);
    }
    return loaded;
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.close();
    }
  }
}
