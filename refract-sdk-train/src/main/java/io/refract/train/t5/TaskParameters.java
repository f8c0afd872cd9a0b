package io.refract.train.t5;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.scoring.Decoding;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.generation.GenerationConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code task_specific_params} of {@code config.json} says of a task.
 *
 * @param prefix what is put in front of inputs, or null
 * @param maxNewTokens the tokens generated at most, or null
 * @param decoding the decoding: the entries of the task over those of the checkpoint
 */
record TaskParameters(@Nullable String prefix, @Nullable Integer maxNewTokens, Decoding decoding) {

  private static final String KEY = "task_specific_params";

  /**
   * Reads a task.
   *
   * @throws IllegalArgumentException if there is no such task
   * @throws CheckpointException if its entries cannot be used
   */
  static TaskParameters of(T5Config config, GenerationConfig generation, String name) {
    JsonElement tasks = JsonParser.parseString(config.otherEntries().getOrDefault(KEY, "null"));
    Set<String> names = tasks.isJsonObject() ? tasks.getAsJsonObject().keySet() : Set.of();
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "config.json of the checkpoint has no task '%s' in %s, only %s"
              .formatted(name, KEY, names));
    }
    JsonElement found = tasks.getAsJsonObject().get(name);
    if (!found.isJsonObject()) {
      throw unusable(name, found, null);
    }
    JsonObject task = found.getAsJsonObject();
    Map<String, String> entries = new HashMap<>(generation.otherEntries());
    task.entrySet().forEach(entry -> entries.put(entry.getKey(), entry.getValue().toString()));
    Decoding decoding =
        new GenerationConfig(
                generation.decoderStartTokenId(),
                generation.eosTokenIds(),
                generation.padTokenId(),
                entries)
            .decoding();
    try {
      return new TaskParameters(
          task.has("prefix") ? task.get("prefix").getAsString() : null,
          // Of max_length tokens, the first is the start token.
          task.has("max_length") ? (Integer) (task.get("max_length").getAsInt() - 1) : null,
          decoding);
    } catch (IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
      throw unusable(name, task, e);
    }
  }

  private static CheckpointException unusable(
      String name, JsonElement task, @Nullable Exception cause) {
    return new CheckpointException(
        "Cannot use %s of config.json: the task '%s' is %s.".formatted(KEY, name, task), cause);
  }
}
