package io.refract.scoring;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.scoring.BeamSettings.EarlyStopping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The options of a {@link Decoding} by their names in transformers, as JSON. */
final class DecodingOptions {

  private static final String NEVER = "never";
  private static final Map<String, Option> OPTIONS = options();

  private DecodingOptions() {}

  /**
   * One option.
   *
   * @param get its value
   * @param set takes another value, never JSON null
   * @param absent what JSON null stands for
   */
  private record Option(
      Function<Decoding, JsonElement> get,
      BiFunction<Decoding, JsonElement, Decoding> set,
      JsonElement absent) {}

  private static Map<String, Option> options() {
    Map<String, Option> options = new LinkedHashMap<>();
    integer(options, "num_beams", d -> d.beams().numBeams(), Decoding::withNumBeams);
    real(options, "length_penalty", d -> d.beams().lengthPenalty(), Decoding::withLengthPenalty);
    option(
        options,
        "early_stopping",
        d -> ofEarlyStopping(d.beams().earlyStopping()),
        (d, json) -> d.withEarlyStopping(earlyStopping(json)));
    integer(
        options,
        "num_return_sequences",
        d -> d.beams().numReturnSequences(),
        Decoding::withNumReturnSequences);
    option(
        options,
        "do_sample",
        d -> new JsonPrimitive(d.sampling().doSample()),
        (d, json) -> d.withDoSample(truth(json)));
    real(options, "temperature", d -> d.sampling().temperature(), Decoding::withTemperature);
    // None stands for no filter, and 50 is the default.
    options.put(
        "top_k",
        new Option(
            d -> new JsonPrimitive(d.sampling().topK()),
            (d, json) -> d.withTopK(json.getAsBigDecimal().intValueExact()),
            new JsonPrimitive(0)));
    real(options, "top_p", d -> d.sampling().topP(), Decoding::withTopP);
    real(options, "min_p", d -> d.sampling().minP(), Decoding::withMinP);
    real(options, "typical_p", d -> d.sampling().typicalP(), Decoding::withTypicalP);
    option(
        options,
        "seed",
        d -> new JsonPrimitive(d.sampling().seed()),
        (d, json) -> d.withSeed(json.getAsBigDecimal().longValueExact()));
    integer(options, "min_length", d -> d.lengths().minLength(), Decoding::withMinLength);
    integer(options, "min_new_tokens", d -> d.lengths().minNewTokens(), Decoding::withMinNewTokens);
    real(
        options,
        "repetition_penalty",
        d -> d.repetition().repetitionPenalty(),
        Decoding::withRepetitionPenalty);
    integer(
        options,
        "no_repeat_ngram_size",
        d -> d.repetition().noRepeatNgramSize(),
        Decoding::withNoRepeatNgramSize);
    integer(
        options,
        "encoder_no_repeat_ngram_size",
        d -> d.repetition().encoderNoRepeatNgramSize(),
        Decoding::withEncoderNoRepeatNgramSize);
    option(
        options,
        "bad_words_ids",
        d -> array(d.tokens().badWordsIds(), DecodingOptions::ofIds),
        (d, json) -> d.withBadWordsIds(list(json, DecodingOptions::ids)));
    option(
        options,
        "forced_bos_token_id",
        d -> {
          Integer id = d.tokens().forcedBosTokenId();
          return id == null ? JsonNull.INSTANCE : new JsonPrimitive(id);
        },
        (d, json) -> d.withForcedBosTokenId(json.getAsBigDecimal().intValueExact()));
    ids(
        options,
        "forced_eos_token_id",
        d -> d.tokens().forcedEosTokenIds(),
        Decoding::withForcedEosTokenIds);
    ids(options, "suppress_tokens", d -> d.tokens().suppressTokens(), Decoding::withSuppressTokens);
    ids(
        options,
        "begin_suppress_tokens",
        d -> d.tokens().beginSuppressTokens(),
        Decoding::withBeginSuppressTokens);
    option(
        options,
        "labels",
        d -> array(d.labels(), JsonPrimitive::new),
        (d, json) -> d.withLabels(list(json, JsonElement::getAsString)));
    return Collections.unmodifiableMap(options);
  }

  private static void option(
      Map<String, Option> options,
      String name,
      Function<Decoding, JsonElement> get,
      BiFunction<Decoding, JsonElement, Decoding> set) {
    options.put(name, new Option(get, set, JsonNull.INSTANCE));
  }

  private static void integer(
      Map<String, Option> options,
      String name,
      Function<Decoding, Integer> get,
      BiFunction<Decoding, Integer, Decoding> set) {
    option(
        options,
        name,
        d -> new JsonPrimitive(get.apply(d)),
        (d, json) -> set.apply(d, json.getAsBigDecimal().intValueExact()));
  }

  private static void real(
      Map<String, Option> options,
      String name,
      Function<Decoding, Double> get,
      BiFunction<Decoding, Double, Decoding> set) {
    option(
        options,
        name,
        d -> new JsonPrimitive(get.apply(d)),
        (d, json) -> set.apply(d, json.getAsDouble()));
  }

  private static void ids(
      Map<String, Option> options,
      String name,
      Function<Decoding, List<Integer>> get,
      BiFunction<Decoding, List<Integer>, Decoding> set) {
    option(options, name, d -> ofIds(get.apply(d)), (d, json) -> set.apply(d, ids(json)));
  }

  static Set<String> names() {
    return OPTIONS.keySet();
  }

  static Decoding apply(Map<String, String> texts, Decoding start) {
    Decoding decoding = start;
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      decoding = apply(entry.getKey(), entry.getValue(), decoding);
    }
    return decoding;
  }

  private static Decoding apply(String name, String text, Decoding decoding) {
    Option option = OPTIONS.get(name);
    if (option == null) {
      throw new IllegalArgumentException(
          "there is no decoding option '%s', only %s".formatted(name, OPTIONS.keySet()));
    }
    try {
      JsonElement json = JsonParser.parseString(text);
      JsonElement value = json.isJsonNull() ? option.absent() : json;
      if (value.isJsonNull()) {
        value = option.get().apply(Decoding.defaults());
      }
      return value.isJsonNull() ? decoding : option.set().apply(decoding, value);
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ArithmeticException
        | NumberFormatException e) {
      throw new IllegalArgumentException(
          "the decoding option '%s' cannot be %s".formatted(name, text), e);
    }
  }

  static Map<String, String> differing(Decoding decoding, Decoding base) {
    Map<String, String> texts = new LinkedHashMap<>();
    OPTIONS.forEach(
        (name, option) -> {
          JsonElement value = option.get().apply(decoding);
          if (!value.equals(option.get().apply(base))) {
            texts.put(name, value.toString());
          }
        });
    return Collections.unmodifiableMap(texts);
  }

  private static JsonElement ofEarlyStopping(EarlyStopping value) {
    return value == EarlyStopping.NEVER
        ? new JsonPrimitive(NEVER)
        : new JsonPrimitive(value == EarlyStopping.TRUE);
  }

  private static EarlyStopping earlyStopping(JsonElement json) {
    if (json.getAsJsonPrimitive().isString()
        && json.getAsString().toLowerCase(Locale.ROOT).equals(NEVER)) {
      return EarlyStopping.NEVER;
    }
    return truth(json) ? EarlyStopping.TRUE : EarlyStopping.FALSE;
  }

  private static boolean truth(JsonElement json) {
    if (!json.getAsJsonPrimitive().isBoolean()) {
      throw new IllegalStateException("not a truth value");
    }
    return json.getAsBoolean();
  }

  private static JsonElement ofIds(List<Integer> ids) {
    return array(ids, JsonPrimitive::new);
  }

  /** Takes one id or a list of them. */
  private static List<Integer> ids(JsonElement json) {
    if (json.isJsonPrimitive()) {
      return List.of(json.getAsBigDecimal().intValueExact());
    }
    return list(json, element -> element.getAsBigDecimal().intValueExact());
  }

  private static <T> JsonArray array(List<T> values, Function<T, JsonElement> conversion) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(conversion.apply(value)));
    return array;
  }

  private static <T> List<T> list(JsonElement json, Function<JsonElement, T> conversion) {
    List<T> values = new ArrayList<>();
    json.getAsJsonArray().forEach(element -> values.add(conversion.apply(element)));
    return values;
  }
}
