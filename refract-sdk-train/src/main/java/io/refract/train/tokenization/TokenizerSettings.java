package io.refract.train.tokenization;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} add to {@code
 * tokenizer.json}, whichever version of transformers wrote them.
 *
 * @param names special tokens by role, only those that the files name
 * @param cleanUpSpaces whether decoding takes the space before punctuation away
 * @param modelMaxLength the longest input that transformers shall take without a warning
 */
record TokenizerSettings(
    Map<String, String> names, boolean cleanUpSpaces, @Nullable JsonPrimitive modelMaxLength) {

  static TokenizerSettings parse(@Nullable String config, @Nullable String specialTokensMap) {
    JsonObject settings = object(config);
    Map<String, JsonElement> all = new java.util.HashMap<>(object(specialTokensMap).asMap());
    // The configuration wins over the map, as in transformers since 4.34.
    all.putAll(settings.asMap());
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    for (String role : new String[] {"pad_token", "eos_token", "unk_token"}) {
      String name = name(all.get(role));
      if (name != null) {
        names.put(role, name);
      }
    }
    JsonElement cleanUp = settings.get("clean_up_tokenization_spaces");
    JsonElement length = settings.get("model_max_length");
    return new TokenizerSettings(
        names.buildOrThrow(),
        cleanUp != null && cleanUp.isJsonPrimitive() && cleanUp.getAsBoolean(),
        length != null && length.isJsonPrimitive() ? length.getAsJsonPrimitive() : null);
  }

  private static JsonObject object(@Nullable String json) {
    return json == null ? new JsonObject() : JsonParser.parseString(json).getAsJsonObject();
  }

  /** A token is written as a plain string or as an object with its text and flags. */
  private static @Nullable String name(@Nullable JsonElement token) {
    if (token != null && token.isJsonObject()) {
      token = token.getAsJsonObject().get("content");
    }
    return token != null && token.isJsonPrimitive() ? token.getAsString() : null;
  }
}
