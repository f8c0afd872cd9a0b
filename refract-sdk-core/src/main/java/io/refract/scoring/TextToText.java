package io.refract.scoring;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

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

  private final String prefix;
  private final GenerationSettings settings;

  /**
   * Creates a function.
   *
   * @param prefix the task prefix the model was trained with, its trailing space included; may be
   *     empty
   * @param settings limits and batch size
   */
  public TextToText(String prefix, GenerationSettings settings) {
    this.prefix = requireNonNull(prefix, "prefix");
    this.settings = requireNonNull(settings, "settings");
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
            number(configuration, TOKEN_BUDGET, GenerationSettings.defaults().tokenBudget())));
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

  /** Returns limits and batch size. */
  public GenerationSettings settings() {
    return settings;
  }

  @Override
  public List<String> score(TextModel model, List<String> inputs) {
    return model.generate(inputs.stream().map(prefix::concat).toList(), settings);
  }

  @Override
  public Map<String, String> configuration() {
    return Map.of(
        PREFIX, prefix,
        MAX_SOURCE_TOKENS, Integer.toString(settings.maxSourceTokens()),
        MAX_NEW_TOKENS, Integer.toString(settings.maxNewTokens()),
        BATCH_SIZE, Integer.toString(settings.batchSize()),
        TOKEN_BUDGET, Integer.toString(settings.tokenBudget()));
  }
}
