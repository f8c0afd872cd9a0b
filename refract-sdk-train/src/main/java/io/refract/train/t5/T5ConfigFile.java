package io.refract.train.t5;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.internal.ConfigEntries;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private static final String ARCHITECTURES = "architectures";

  /** Entries that follow from the others, or only say how the weights were stored. */
  private static final Set<String> DROPPED =
      Set.of("torch_dtype", "dtype", ARCHITECTURES, "is_encoder_decoder");

  private T5ConfigFile() {}

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
    ConfigEntries entries = ConfigEntries.read(file);
    try {
      return parse(entries);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException("Cannot use %s: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static Contents parse(ConfigEntries entries) {
    String type = entries.takeString("model_type", "t5");
    boolean multilingual = type.equals("mt5");
    boolean savedByFive = entries.has(SCALE) || (multilingual && versionFive(entries));
    boolean scaled = entries.takeBoolean(SCALE, true);
    boolean tied = entries.takeBoolean(TIE, !multilingual);
    if (savedByFive) {
      // A multilingual model is never scaled by transformers 5, whatever the file says.
      tied = scaled && !multilingual;
    }
    int layers = entries.takeInt("num_layers", multilingual ? 8 : 6);
    int pad = entries.takeInt("pad_token_id", 0);
    entries.drop(DROPPED);
    T5Config config =
        new T5Config(
            type,
            entries.takeInt("vocab_size", multilingual ? 250112 : 32128),
            entries.takeInt("d_model", 512),
            entries.takeInt("d_kv", 64),
            entries.takeInt("d_ff", multilingual ? 1024 : 2048),
            layers,
            entries.takeInt("num_decoder_layers", layers),
            entries.takeInt("num_heads", multilingual ? 6 : 8),
            entries.takeInt("relative_attention_num_buckets", 32),
            entries.takeInt("relative_attention_max_distance", 128),
            entries.takeDouble("dropout_rate", 0.1),
            entries.takeDouble("layer_norm_epsilon", 1e-6),
            entries.takeDouble("initializer_factor", 1.0),
            entries.takeString("feed_forward_proj", multilingual ? "gated-gelu" : "relu"),
            tied,
            pad,
            entries.takeInts("eos_token_id", List.of(1)),
            entries.takeInt("decoder_start_token_id", pad),
            entries.rest());
    return new Contents(config, savedByFive);
  }

  private static boolean versionFive(ConfigEntries entries) {
    String version = entries.rest().getOrDefault("transformers_version", "");
    return version.matches("\"([5-9]|[1-9][0-9]+)\\..*");
  }

  static String write(T5Config config) {
    Map<String, JsonElement> entries = new HashMap<>();
    JsonArray architectures = new JsonArray();
    architectures.add(
        config.modelType().equals("mt5")
            ? "MT5ForConditionalGeneration"
            : "T5ForConditionalGeneration");
    entries.put(ARCHITECTURES, architectures);
    entries.put("is_encoder_decoder", new JsonPrimitive(true));
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
    entries.put("eos_token_id", ConfigEntries.toJson(config.eosTokenIds()));
    entries.put("decoder_start_token_id", new JsonPrimitive(config.decoderStartTokenId()));
    // How the weights beside it are stored.
    entries.put("dtype", new JsonPrimitive("float32"));
    return ConfigEntries.toText(config.otherEntries(), entries);
  }
}
