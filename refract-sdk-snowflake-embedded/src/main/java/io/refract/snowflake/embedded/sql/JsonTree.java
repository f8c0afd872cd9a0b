package io.refract.snowflake.embedded.sql;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;

/**
 * Reads JSON texts. Gson's own reader takes the last value of a repeated key, Snowflake refuses the
 * text unless it is told to do the same. Source: PARSE_JSON.
 */
final class JsonTree {

  /** What a repeated key of an object means. */
  enum RepeatedKey {
    /** The text is no JSON: 100069. */
    NO_JSON,
    /** The function that built the text was given a key twice: 100074. */
    DUPLICATE_FIELD,
    /** The last value counts. */
    LAST_COUNTS
  }

  private final JsonReader reader;
  private final RepeatedKey repeated;

  private JsonTree(String json, RepeatedKey repeated) {
    this.reader = new JsonReader(new StringReader(json));
    this.reader.setStrictness(Strictness.STRICT);
    this.repeated = repeated;
  }

  static JsonElement read(String json, RepeatedKey repeated) {
    JsonTree tree = new JsonTree(json, repeated);
    try {
      JsonElement element = tree.element();
      if (tree.reader.peek() != JsonToken.END_DOCUMENT) {
        throw error(json);
      }
      return element;
    } catch (JsonParseException | IOException | IllegalStateException e) {
      throw error(json);
    }
  }

  private JsonElement element() throws IOException {
    switch (reader.peek()) {
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(element());
        }
        reader.endArray();
        return array;
      }
      case BEGIN_OBJECT -> {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
          String key = reader.nextName();
          if (repeated != RepeatedKey.LAST_COUNTS && object.has(key)) {
            throw repeated == RepeatedKey.DUPLICATE_FIELD ? duplicateField(key) : duplicate(key);
          }
          object.add(key, element());
        }
        reader.endObject();
        return object;
      }
      default -> {
        // A single value, with the digits of a number as they are written.
        return JsonParser.parseReader(reader);
      }
    }
  }

  /** The error of a function that was given a key twice. */
  static SqlError duplicateField(String key) {
    return SqlError.of("100074", "22000", "Duplicate field key '" + key + "'");
  }

  private static SqlError duplicate(String key) {
    return SqlError.of(
        "100069", "22P02", "Error parsing JSON: duplicate object attribute " + JsonText.quote(key));
  }

  private static SqlError error(String json) {
    String shown = json.length() > 40 ? json.substring(0, 40) + "..." : json;
    return SqlError.of("100069", "22P02", "Error parsing JSON: " + shown);
  }
}
