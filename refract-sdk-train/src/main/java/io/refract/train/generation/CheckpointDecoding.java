package io.refract.train.generation;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.scoring.Decoding;
import io.refract.train.checkpoint.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a decoding from the entries of a checkpoint. */
final class CheckpointDecoding {

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

  private CheckpointDecoding() {}

  /**
   * Returns the decoding that some entries ask for.
   *
   * @param where what the entries are from, for messages
   * @param entries JSON texts by name; entries that have nothing to do with decoding are ignored
   * @throws CheckpointException if an entry cannot be used, or asks for what this SDK does not do
   */
  static Decoding of(String where, Map<String, String> entries) {
    Map<String, String> options = new LinkedHashMap<>();
    entries.forEach(
        (name, text) -> {
          JsonPrimitive neutral = UNSUPPORTED.get(name);
          if (neutral != null && !isNeutral(JsonParser.parseString(text), neutral)) {
            throw new CheckpointException(
                "Cannot decode as %s says: '%s' is %s, and this SDK does not offer that option. Give a Decoding of your own, for example Decoding.defaults()."
                    .formatted(where, name, text));
          }
          if (Decoding.optionNames().contains(name)) {
            options.put(name, text);
          }
        });
    try {
      return Decoding.ofOptions(options).requireConsistent();
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "Cannot decode as %s says: %s. Correct the file, or give a Decoding of your own."
              .formatted(where, e.getMessage()),
          e);
    }
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
