package io.refract.train.lora;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.internal.ConfigEntries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@value #FILE} says: the file beside the weights of an adapter, in {@code peft}'s format.
 *
 * <p>Settings that would change the arithmetic and are not supported are refused, never ignored.
 *
 * @param config the settings
 * @param baseModel hub id or directory of the model that the adapter was trained on, or null when
 *     it is not known
 */
public record AdapterDescription(LoraConfig config, @Nullable String baseModel) {

  /** The name of the description file. */
  public static final String FILE = "adapter_config.json";

  /** The name of the file with the weights. */
  public static final String WEIGHTS_FILE = "adapter_model.safetensors";

  private static final String TYPE = "peft_type";
  private static final String BASE = "base_model_name_or_path";
  private static final String RANK = "r";
  private static final String ALPHA = "lora_alpha";
  private static final String DROPOUT = "lora_dropout";
  private static final String TARGETS = "target_modules";
  private static final String RS_LORA = "use_rslora";
  private static final String RANK_PATTERN = "rank_pattern";
  private static final String ALPHA_PATTERN = "alpha_pattern";
  private static final String INITIALIZATION = "init_lora_weights";
  private static final String ALL_LINEAR = "all-linear";

  /** Say nothing about what the adapter computes. */
  private static final Set<String> HARMLESS =
      Set.of(
          "auto_mapping",
          "eva_config",
          "inference_mode",
          "layers_pattern",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision",
          "runtime_config",
          "task_type");

  /** First values that leave the base as it is; others (pissa, olora, loftq, ...) change it. */
  private static final Set<String> INITIALIZATIONS =
      Set.of("true", "false", "null", "\"gaussian\"", "\"eva\"", "\"orthogonal\"");

  /** What an entry says when it asks for nothing. */
  private static final Set<String> NEUTRAL =
      Set.of("null", "false", "[]", "{}", "\"none\"", "\"\"");

  /** Returns whether a directory holds an adapter, alone or beside its base. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /**
   * Reads the description of an adapter.
   *
   * @param directory where {@code peft} or the SDK saved the adapter
   * @throws CheckpointException if the file is missing or not sound, or asks for something that is
   *     not supported
   */
  public static AdapterDescription load(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      throw new CheckpointException(
          "Cannot load an adapter from %s: there is no %s. Give a directory that peft or the SDK saved an adapter to."
              .formatted(directory, FILE));
    }
    ConfigEntries entries = ConfigEntries.read(file);
    try {
      return parse(file, entries);
    } catch (IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException
        | ArithmeticException e) {
      throw new CheckpointException("Cannot use %s: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static AdapterDescription parse(Path file, ConfigEntries entries) {
    String type = entries.takeString(TYPE, "");
    if (!type.equals("LORA")) {
      throw refused(file, TYPE, "'" + type + "'");
    }
    LoraConfig defaults = LoraConfig.defaults();
    String base = entries.takeString(BASE, "");
    int rank = entries.takeInt(RANK, defaults.rank());
    double alpha = entries.takeDouble(ALPHA, defaults.alpha());
    double dropout = entries.takeDouble(DROPOUT, defaults.dropout());
    boolean rsLora = entries.takeBoolean(RS_LORA, defaults.rsLora());
    Map<String, String> rest = new LinkedHashMap<>(entries.rest());
    LoraTargets targets = targets(rest.remove(TARGETS));
    Map<String, Integer> ranks =
        patterns(rest.remove(RANK_PATTERN), value -> value.getAsBigDecimal().intValueExact());
    Map<String, Double> alphas = patterns(rest.remove(ALPHA_PATTERN), JsonElement::getAsDouble);
    String initialization = rest.remove(INITIALIZATION);
    if (initialization != null && !INITIALIZATIONS.contains(initialization)) {
      throw refused(file, INITIALIZATION, initialization);
    }
    rest.forEach(
        (key, value) -> {
          if (!HARMLESS.contains(key) && !NEUTRAL.contains(value)) {
            throw refused(file, key, value);
          }
        });
    LoraConfig config = new LoraConfig(rank, alpha, dropout, targets, rsLora, ranks, alphas);
    return new AdapterDescription(config, base.isEmpty() ? null : base);
  }

  private static CheckpointException refused(Path file, String key, String value) {
    return new CheckpointException(
        ("Cannot use %s: %s is %s, and only plain LoRA and rsLoRA on linear layers are supported."
                + " Train the adapter without it, or merge it in Python with merge_and_unload()"
                + " and load the merged model.")
            .formatted(file, key, value));
  }

  private static LoraTargets targets(@Nullable String text) {
    JsonElement json = text == null ? JsonNull.INSTANCE : JsonParser.parseString(text);
    if (json.isJsonNull()) {
      return LoraConfig.defaults().targets();
    }
    if (json.isJsonArray()) {
      List<String> names = new ArrayList<>();
      json.getAsJsonArray().forEach(name -> names.add(name.getAsString()));
      return LoraTargets.of(names.toArray(String[]::new));
    }
    String pattern = json.getAsString();
    return pattern.equals(ALL_LINEAR) ? LoraTargets.allLinear() : LoraTargets.matching(pattern);
  }

  private static <T> Map<String, T> patterns(
      @Nullable String text, Function<JsonElement, T> conversion) {
    Map<String, T> patterns = new LinkedHashMap<>();
    JsonElement json = text == null ? JsonNull.INSTANCE : JsonParser.parseString(text);
    if (!json.isJsonNull()) {
      json.getAsJsonObject()
          .entrySet()
          .forEach(entry -> patterns.put(entry.getKey(), conversion.apply(entry.getValue())));
    }
    return patterns;
  }

  /**
   * Returns the text of the file: only entries that every version of {@code peft} with rsLoRA (0.8
   * and newer) knows, because many versions fail on others.
   */
  public String toJson() {
    Map<String, JsonElement> entries = new HashMap<>();
    entries.put(TYPE, new JsonPrimitive("LORA"));
    entries.put("task_type", new JsonPrimitive("SEQ_2_SEQ_LM"));
    entries.put(BASE, baseModel == null ? JsonNull.INSTANCE : new JsonPrimitive(baseModel));
    entries.put(RANK, new JsonPrimitive(config.rank()));
    entries.put(ALPHA, number(config.alpha()));
    entries.put(DROPOUT, new JsonPrimitive(config.dropout()));
    entries.put(TARGETS, targets());
    entries.put(RS_LORA, new JsonPrimitive(config.rsLora()));
    JsonObject ranks = new JsonObject();
    config.rankPattern().forEach(ranks::addProperty);
    entries.put(RANK_PATTERN, ranks);
    JsonObject alphas = new JsonObject();
    config.alphaPattern().forEach((pattern, alpha) -> alphas.add(pattern, number(alpha)));
    entries.put(ALPHA_PATTERN, alphas);
    entries.put("bias", new JsonPrimitive("none"));
    entries.put("fan_in_fan_out", new JsonPrimitive(false));
    entries.put("inference_mode", new JsonPrimitive(true));
    entries.put(INITIALIZATION, new JsonPrimitive(true));
    entries.put("modules_to_save", JsonNull.INSTANCE);
    return ConfigEntries.toText(Map.of(), entries);
  }

  private JsonElement targets() {
    String pattern = config.targets().pattern();
    if (pattern != null) {
      return new JsonPrimitive(pattern);
    }
    JsonArray names = new JsonArray();
    config.targets().names().forEach(names::add);
    return names;
  }

  /** Writes whole numbers without a fraction, as {@code peft} declares them. */
  private static JsonPrimitive number(double value) {
    return value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE
        ? new JsonPrimitive((int) value)
        : new JsonPrimitive(value);
  }
}
