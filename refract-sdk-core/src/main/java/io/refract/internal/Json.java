package io.refract.internal;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Strict JSON (RFC 8259) with typed access to the members of an object. Everything that is not as
 * expected is an {@link IllegalArgumentException} that names the member.
 */
public final class Json {

  private static final Gson COMPACT =
      new GsonBuilder()
          .setStrictness(Strictness.STRICT)
          .disableHtmlEscaping()
          .serializeNulls()
          .create();
  private static final Gson PRETTY = COMPACT.newBuilder().setPrettyPrinting().create();

  private Json() {}

  /** Parses one JSON object; anything before or after it is an error. */
  public static JsonObject parse(String text) {
    JsonElement element;
    try {
      element = COMPACT.fromJson(text, JsonElement.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("not valid JSON: " + e.getMessage(), e);
    }
    if (element == null || !element.isJsonObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return element.getAsJsonObject();
  }

  /** Writes an object over several lines, for files that people read. */
  public static String pretty(JsonObject object) {
    return PRETTY.toJson(object) + "\n";
  }

  /** Writes an object in one line, without a line end. */
  public static String line(JsonObject object) {
    return COMPACT.toJson(object);
  }

  /** Returns a text member. */
  public static String string(JsonObject object, String name) {
    JsonPrimitive value = primitive(object, name);
    if (!value.isString()) {
      throw new IllegalArgumentException("member '" + name + "' is not a text: " + value);
    }
    return value.getAsString();
  }

  /** Returns a text member, or null when it is missing or JSON null. */
  public static @Nullable String optionalString(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull() ? null : string(object, name);
  }

  /** Returns a member that is a whole number. */
  public static long wholeNumber(JsonObject object, String name) {
    JsonPrimitive value = primitive(object, name);
    try {
      if (value.isNumber()) {
        return value.getAsBigDecimal().longValueExact();
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "member '" + name + "' is not a whole number of 64 bits: " + value, e);
    }
    throw new IllegalArgumentException("member '" + name + "' is not a number: " + value);
  }

  /** Returns a member that is a point in time, ISO 8601 in UTC. */
  public static Instant instant(JsonObject object, String name) {
    String value = string(object, name);
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "member '" + name + "' is not an ISO 8601 time: " + value, e);
    }
  }

  /** Returns a member that is an object. */
  public static JsonObject object(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonObject()) {
      throw new IllegalArgumentException("member '" + name + "' is missing or is not an object");
    }
    return value.getAsJsonObject();
  }

  /** Returns a member that is an object of texts, in the order of the file, unmodifiable. */
  public static Map<String, String> strings(JsonObject object, String name) {
    JsonObject members = object(object, name);
    return members(members, key -> string(members, key));
  }

  /** Returns a member that is an object of numbers, in the order of the file, unmodifiable. */
  public static Map<String, Double> numbers(JsonObject object, String name) {
    JsonObject members = object(object, name);
    return members(members, key -> number(members, key));
  }

  /** Reads every member of an object with the same function, in order; unmodifiable. */
  public static <T> Map<String, T> members(JsonObject object, Function<String, T> reader) {
    Map<String, T> result = new LinkedHashMap<>();
    object.keySet().forEach(key -> result.put(key, reader.apply(key)));
    return Collections.unmodifiableMap(result);
  }

  /** Makes an object of texts. */
  public static JsonObject ofStrings(Map<String, String> values) {
    JsonObject object = new JsonObject();
    values.forEach(object::addProperty);
    return object;
  }

  /** Makes an object of numbers. */
  public static JsonObject ofNumbers(Map<String, Double> values) {
    JsonObject object = new JsonObject();
    values.forEach(object::addProperty);
    return object;
  }

  private static Double number(JsonObject object, String name) {
    JsonPrimitive value = primitive(object, name);
    if (!value.isNumber()) {
      throw new IllegalArgumentException("member '" + name + "' is not a number: " + value);
    }
    return value.getAsDouble();
  }

  private static JsonPrimitive primitive(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonPrimitive()) {
      throw new IllegalArgumentException("member '" + name + "' is missing");
    }
    return value.getAsJsonPrimitive();
  }
}
