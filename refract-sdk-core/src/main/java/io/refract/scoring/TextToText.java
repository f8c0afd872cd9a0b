package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.internal.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plain text-to-text score function: task prefix in front, generated text out. Being nothing
 * but configuration it can also be deployed where no JVM runs, for example as a Python function in
 * Snowflake.
 *
 * <p>Immutable and thread-safe.
 */
public final class TextToText implements ScoreFunction<String, String> {

  private static final String PREFIX = "prefix";
  private static final String MAX_SOURCE_TOKENS = "maxSourceTokens";
  private static final String MAX_NEW_TOKENS = "maxNewTokens";
  private static final String BATCH_SIZE = "batchSize";
  private static final String TOKEN_BUDGET = "tokenBudget";
  private static final String DECODING = "decoding";

  private final String prefix;
  private final GenerationSettings settings;

  /**
   * Creates a function.
   *
   * @param prefix the task prefix the model was trained with, its trailing space included; may be
   *     empty
   * @param settings limits, batch size and decoding
   * @throws IllegalArgumentException if the decoding gives several sequences for an input, or its
   *     options contradict each other
   */
  public TextToText(String prefix, GenerationSettings settings) {
    this.prefix = requireNonNull(prefix, "prefix");
    this.settings = requireNonNull(settings, "settings");
    Decoding decoding = settings.decoding();
    if (decoding != null) {
      decoding.requireConsistent();
      checkArgument(
          decoding.beams().numReturnSequences() == 1,
          "a score function gives one output for an input, not num_return_sequences %s",
          decoding.beams().numReturnSequences());
    }
  }

  /**
   * Restores a function.
   *
   * @param configuration what {@link #configuration()} returned; a missing key takes its default
   */
  public TextToText(Map<String, String> configuration) {
    this(
        configuration.getOrDefault(PREFIX, ""),
        new GenerationSettings(
            number(
                configuration, MAX_SOURCE_TOKENS, GenerationSettings.defaults().maxSourceTokens()),
            number(configuration, MAX_NEW_TOKENS, GenerationSettings.defaults().maxNewTokens()),
            number(configuration, BATCH_SIZE, GenerationSettings.defaults().batchSize()),
            number(configuration, TOKEN_BUDGET, GenerationSettings.defaults().tokenBudget()),
            decoding(configuration.get(DECODING))));
  }

  private static @Nullable Decoding decoding(@Nullable String json) {
    if (json == null) {
      return null;
    }
    JsonObject options = Json.parse(json);
    return Decoding.ofOptions(Json.members(options, name -> options.get(name).toString()));
  }

  private static int number(Map<String, String> configuration, String key, int defaultValue) {
    String value = configuration.get(key);
    try {
      return value == null ? defaultValue : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          key + " must be a whole number but was '" + value + "'", e);
    }
  }

  /** Returns the task prefix. */
  public String prefix() {
    return prefix;
  }

  /** Returns limits, batch size and decoding. */
  public GenerationSettings settings() {
    return settings;
  }

  @Override
  public List<String> score(TextModel model, List<String> inputs) {
    return model.generate(inputs.stream().map(prefix::concat).toList(), settings);
  }

  @Override
  public Map<String, String> configuration() {
    ImmutableMap.Builder<String, String> configuration =
        ImmutableMap.<String, String>builder()
            .put(PREFIX, prefix)
            .put(MAX_SOURCE_TOKENS, Integer.toString(settings.maxSourceTokens()))
            .put(MAX_NEW_TOKENS, Integer.toString(settings.maxNewTokens()))
            .put(BATCH_SIZE, Integer.toString(settings.batchSize()))
            .put(TOKEN_BUDGET, Integer.toString(settings.tokenBudget()));
    Decoding decoding = settings.decoding();
    if (decoding != null) {
      JsonObject options = new JsonObject();
      decoding.options().forEach((name, value) -> options.add(name, JsonParser.parseString(value)));
      configuration.put(DECODING, Json.line(options));
    }
    return configuration.build();
  }
}
