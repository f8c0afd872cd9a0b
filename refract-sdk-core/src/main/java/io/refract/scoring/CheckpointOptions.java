package io.refract.scoring;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds the options of a {@link Decoding} among the entries of {@code generation_config.json}. */
final class CheckpointOptions {

  /** What changes outputs in transformers but not here, with the values that change nothing. */
  private static final ImmutableMap<String, JsonPrimitive> UNSUPPORTED =
      ImmutableMap.<String, JsonPrimitive>builder()
          .put("num_beam_groups", new JsonPrimitive(1))
          .put("diversity_penalty", new JsonPrimitive(0))
          .put("penalty_alpha", new JsonPrimitive(0))
          .put("guidance_scale", new JsonPrimitive(1))
          .put("encoder_repetition_penalty", new JsonPrimitive(1))
          .put("epsilon_cutoff", new JsonPrimitive(0))
          .put("eta_cutoff", new JsonPrimitive(0))
          .put("top_h", new JsonPrimitive(1))
          .put("renormalize_logits", new JsonPrimitive(false))
          .put("remove_invalid_values", new JsonPrimitive(false))
          .put("token_healing", new JsonPrimitive(false))
          .put("sequence_bias", new JsonPrimitive(""))
          .put("force_words_ids", new JsonPrimitive(""))
          .put("constraints", new JsonPrimitive(""))
          .put("exponential_decay_length_penalty", new JsonPrimitive(""))
          .put("dola_layers", new JsonPrimitive(""))
          .put("stop_strings", new JsonPrimitive(""))
          .put("max_time", new JsonPrimitive(""))
          .put("watermarking_config", new JsonPrimitive(""))
          .build();

  private CheckpointOptions() {}

  static Decoding decoding(Map<String, String> entries) {
    Map<String, String> options = new LinkedHashMap<>();
    entries.forEach(
        (name, text) -> {
          JsonPrimitive neutral = UNSUPPORTED.get(name);
          if (neutral != null && !isNeutral(JsonParser.parseString(text), neutral)) {
            throw new IllegalArgumentException(
                "'%s' is %s, and this SDK does not offer that option".formatted(name, text));
          }
          if (DecodingOptions.names().contains(name)) {
            options.put(name, text);
          }
        });
    return Decoding.ofOptions(options).requireConsistent();
  }

  private static boolean isNeutral(JsonElement value, JsonPrimitive neutral) {
    if (value.isJsonNull()) {
      return true;
    }
    if (neutral.isNumber() && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
      return value.getAsDouble() == neutral.getAsDouble();
    }
    return value.equals(neutral);
  }
}
