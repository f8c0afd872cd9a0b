package io.refract.train.checkpoint.internal;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The entries of a JSON file, taken out one by one; what nobody takes survives in {@link #rest()}.
 *
 * <p>Not thread-safe.
 */
public final class ConfigEntries {

  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private final Path file;
  private final JsonObject json;
  private final Map<String, String> rest = new TreeMap<>();

  private ConfigEntries(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
    json.entrySet().forEach(entry -> rest.put(entry.getKey(), entry.getValue().toString()));
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it is missing or no JSON object
   */
  public static ConfigEntries read(Path file) {
    try {
      JsonElement root = JsonParser.parseString(Files.readString(file));
      if (root.isJsonObject()) {
        return new ConfigEntries(file, root.getAsJsonObject());
      }
      throw new CheckpointException(
          "Cannot read %s: it is not a JSON object. Give a directory that a T5 was saved to."
              .formatted(file));
    } catch (IOException | JsonParseException e) {
      throw new CheckpointException(
          "Cannot read %s: %s. Give a directory that a T5 was saved to.".formatted(file, e), e);
    }
  }

  /** Returns whether there is such an entry. */
  public boolean has(String key) {
    return json.has(key);
  }

  /** Leaves entries out of the rest. */
  public void drop(Collection<String> keys) {
    rest.keySet().removeAll(keys);
  }

  /** Returns the JSON texts of the entries that were neither taken nor dropped. */
  public Map<String, String> rest() {
    return rest;
  }

  /** Takes a whole number; null and absent mean the default. */
  public int takeInt(String key, int absent) {
    return take(key, ConfigEntries::toInt, absent);
  }

  /** Takes a number; null and absent mean the default. */
  public double takeDouble(String key, double absent) {
    return take(key, JsonPrimitive::getAsDouble, absent);
  }

  /** Takes a truth value; null and absent mean the default. */
  public boolean takeBoolean(String key, boolean absent) {
    return take(key, ConfigEntries::toBoolean, absent);
  }

  /** Takes a text; null and absent mean the default. */
  public String takeString(String key, String absent) {
    return take(key, ConfigEntries::toText, absent);
  }

  /** Takes one whole number or an array of them; null and absent mean the default. */
  public List<Integer> takeInts(String key, List<Integer> absent) {
    JsonElement element = json.get(key);
    rest.remove(key);
    if (element == null || element.isJsonNull()) {
      return absent;
    }
    if (!element.isJsonArray()) {
      return List.of(convert(key, element, ConfigEntries::toInt));
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonElement number : element.getAsJsonArray()) {
      numbers.add(convert(key, number, ConfigEntries::toInt));
    }
    return numbers;
  }

  private <T> T take(String key, Function<JsonPrimitive, T> conversion, T absent) {
    JsonElement element = json.get(key);
    rest.remove(key);
    return element == null || element.isJsonNull() ? absent : convert(key, element, conversion);
  }

  private <T> T convert(String key, JsonElement element, Function<JsonPrimitive, T> conversion) {
    try {
      return conversion.apply(element.getAsJsonPrimitive());
    } catch (IllegalStateException | NumberFormatException | ArithmeticException e) {
      throw new CheckpointException(
          "Cannot use %s: '%s' has the unexpected value %s.".formatted(file, key, element), e);
    }
  }

  private static int toInt(JsonPrimitive value) {
    return value.getAsBigDecimal().intValueExact();
  }

  private static boolean toBoolean(JsonPrimitive value) {
    if (!value.isBoolean()) {
      throw new IllegalStateException("not a truth value");
    }
    return value.getAsBoolean();
  }

  private static String toText(JsonPrimitive value) {
    if (!value.isString()) {
      throw new IllegalStateException("not a text");
    }
    return value.getAsString();
  }

  /** Returns one number for one token, as older readers expect, and an array for more. */
  public static JsonElement toJson(List<Integer> ids) {
    if (ids.size() == 1) {
      return new JsonPrimitive(ids.get(0));
    }
    JsonArray array = new JsonArray();
    ids.forEach(array::add);
    return array;
  }

  /**
   * Returns the text of a file, keys sorted.
   *
   * @param others JSON texts by key
   * @param entries what stands beside or replaces them
   */
  public static String toText(Map<String, String> others, Map<String, JsonElement> entries) {
    Map<String, JsonElement> all = new TreeMap<>();
    others.forEach((key, text) -> all.put(key, JsonParser.parseString(text)));
    all.putAll(entries);
    JsonObject json = new JsonObject();
    all.forEach(json::add);
    return PRETTY.toJson(json) + "\n";
  }
}
