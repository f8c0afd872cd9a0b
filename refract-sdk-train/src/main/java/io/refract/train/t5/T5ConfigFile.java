package io.refract.train.t5;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * {@code config.json} with both its styles. Transformers 4 says with {@code tie_word_embeddings}
 * whether the output layer is the embedding and whether outputs are scaled. Transformers 5 always
 * writes true there, and adds {@code scale_decoder_outputs}; what is written here is the style of
 * transformers 4, which both read alike.
 */
final class T5ConfigFile {

  static final String NAME = "config.json";

  private static final String TIE = "tie_word_embeddings";
  private static final String SCALE = "scale_decoder_outputs";

  /** Keys that are computed anew on writing, or that only say how the weights were stored. */
  private static final Set<String> DROPPED = Set.of(SCALE, "torch_dtype", "dtype");

  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private final Path file;
  private final JsonObject json;
  private final Map<String, String> rest = new TreeMap<>();

  private T5ConfigFile(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
    json.entrySet().forEach(entry -> rest.put(entry.getKey(), entry.getValue().toString()));
    rest.keySet().removeAll(DROPPED);
  }

  /**
   * What a file says.
   *
   * @param config the configuration
   * @param outputLayerMayBeAbsent whether an untied output layer that is not stored equals the
   *     embedding, as in files of transformers 5
   */
  record Contents(T5Config config, boolean outputLayerMayBeAbsent) {}

  static Contents read(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      JsonElement root = JsonParser.parseString(Files.readString(file));
      if (!root.isJsonObject()) {
        throw new CheckpointException(
            "Cannot read %s: it is not a JSON object. Give a directory that a T5 was saved to."
                .formatted(file));
      }
      return new T5ConfigFile(file, root.getAsJsonObject()).parse();
    } catch (IOException | JsonParseException e) {
      throw new CheckpointException(
          "Cannot read %s: %s. Give a directory that a T5 was saved to.".formatted(file, e), e);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException("Cannot use %s: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private Contents parse() {
    String type = take("model_type", JsonPrimitive::getAsString, "t5");
    boolean multilingual = type.equals("mt5");
    boolean tied = take(TIE, JsonPrimitive::getAsBoolean, !multilingual);
    boolean savedByFive = json.has(SCALE) || multilingual && versionFive();
    if (savedByFive) {
      // A multilingual model is never scaled by transformers 5, whatever the file says.
      tied = !multilingual && value(SCALE, JsonPrimitive::getAsBoolean, true);
    }
    int layers = takeInt("num_layers", multilingual ? 8 : 6);
    int pad = takeInt("pad_token_id", 0);
    T5Config config =
        new T5Config(
            type,
            takeInt("vocab_size", multilingual ? 250112 : 32128),
            takeInt("d_model", 512),
            takeInt("d_kv", 64),
            takeInt("d_ff", multilingual ? 1024 : 2048),
            layers,
            takeInt("num_decoder_layers", layers),
            takeInt("num_heads", multilingual ? 6 : 8),
            takeInt("relative_attention_num_buckets", 32),
            takeInt("relative_attention_max_distance", 128),
            take("dropout_rate", JsonPrimitive::getAsDouble, 0.1),
            take("layer_norm_epsilon", JsonPrimitive::getAsDouble, 1e-6),
            take("initializer_factor", JsonPrimitive::getAsDouble, 1.0),
            take(
                "feed_forward_proj",
                JsonPrimitive::getAsString,
                multilingual ? "gated-gelu" : "relu"),
            tied,
            pad,
            takeIds("eos_token_id", 1),
            takeInt("decoder_start_token_id", pad),
            rest);
    return new Contents(config, savedByFive);
  }

  private boolean versionFive() {
    String version = value("transformers_version", JsonPrimitive::getAsString, "");
    int dot = version.indexOf('.');
    return dot > 0 && version.substring(0, dot).matches("[5-9]|[1-9][0-9]+");
  }

  private int takeInt(String key, int absent) {
    return take(key, primitive -> primitive.getAsBigDecimal().intValueExact(), absent);
  }

  /** Returns a value and leaves it out of the rest; null and absent mean the default. */
  private <T> T take(String key, Function<JsonPrimitive, T> conversion, T absent) {
    rest.remove(key);
    return value(key, conversion, absent);
  }

  private <T> T value(String key, Function<JsonPrimitive, T> conversion, T absent) {
    JsonElement element = json.get(key);
    if (element == null || element.isJsonNull()) {
      return absent;
    }
    return convert(key, element, conversion);
  }

  private <T> T convert(String key, JsonElement element, Function<JsonPrimitive, T> conversion) {
    try {
      return conversion.apply(element.getAsJsonPrimitive());
    } catch (IllegalStateException | NumberFormatException | ArithmeticException e) {
      throw new CheckpointException(
          "Cannot use %s: '%s' has the unexpected value %s.".formatted(file, key, element), e);
    }
  }

  private List<Integer> takeIds(String key, int absent) {
    JsonElement element = json.get(key);
    if (element == null || !element.isJsonArray()) {
      return List.of(takeInt(key, absent));
    }
    rest.remove(key);
    List<Integer> ids = new ArrayList<>();
    for (JsonElement id : element.getAsJsonArray()) {
      ids.add(convert(key, id, primitive -> primitive.getAsBigDecimal().intValueExact()));
    }
    return ids;
  }

  static String write(T5Config config) {
    Map<String, JsonElement> entries = new TreeMap<>();
    boolean multilingual = config.modelType().equals("mt5");
    JsonArray architectures = new JsonArray();
    architectures.add(
        multilingual ? "MT5ForConditionalGeneration" : "T5ForConditionalGeneration");
    entries.put("architectures", architectures);
    entries.put("is_encoder_decoder", new JsonPrimitive(true));
    config.otherEntries().forEach((key, text) -> entries.put(key, JsonParser.parseString(text)));
    entries.put("model_type", new JsonPrimitive(config.modelType()));
    entries.put("vocab_size", new JsonPrimitive(config.vocabSize()));
    entries.put("d_model", new JsonPrimitive(config.dModel()));
    entries.put("d_kv", new JsonPrimitive(config.dKv()));
    entries.put("d_ff", new JsonPrimitive(config.dFf()));
    entries.put("num_layers", new JsonPrimitive(config.numLayers()));
    entries.put("num_decoder_layers", new JsonPrimitive(config.numDecoderLayers()));
    entries.put("num_heads", new JsonPrimitive(config.numHeads()));
    entries.put(
        "relative_attention_num_buckets", new JsonPrimitive(config.relativeAttentionNumBuckets()));
    entries.put(
        "relative_attention_max_distance",
        new JsonPrimitive(config.relativeAttentionMaxDistance()));
    entries.put("dropout_rate", new JsonPrimitive(config.dropoutRate()));
    entries.put("layer_norm_epsilon", new JsonPrimitive(config.layerNormEpsilon()));
    entries.put("initializer_factor", new JsonPrimitive(config.initializerFactor()));
    entries.put("feed_forward_proj", new JsonPrimitive(config.feedForwardProj()));
    entries.put(TIE, new JsonPrimitive(config.tieWordEmbeddings()));
    entries.put("pad_token_id", new JsonPrimitive(config.padTokenId()));
    entries.put("eos_token_id", ids(config.eosTokenIds()));
    entries.put("decoder_start_token_id", new JsonPrimitive(config.decoderStartTokenId()));
    // How the weights beside it are stored.
    entries.put("dtype", new JsonPrimitive("float32"));
    JsonObject json = new JsonObject();
    entries.forEach(json::add);
    return PRETTY.toJson(json) + "\n";
  }

  /** Returns one number for one token, as older readers expect, and an array for more. */
  static JsonElement ids(List<Integer> ids) {
    if (ids.size() == 1) {
      return new JsonPrimitive(ids.get(0));
    }
    JsonArray array = new JsonArray();
    ids.forEach(array::add);
    return array;
  }
}
