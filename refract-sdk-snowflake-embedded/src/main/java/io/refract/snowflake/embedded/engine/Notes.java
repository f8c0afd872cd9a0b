package io.refract.snowflake.embedded.engine;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What Snowflake knows about a table, view or column and DuckDB does not, kept as JSON in DuckDB's
 * comment: it then follows every rename and vanishes with its object.
 *
 * @param values the notes by name
 */
public record Notes(Map<String, String> values) {

  /** When the object was created, ISO-8601. */
  public static final String CREATED = "created";

  /** The user's comment. */
  public static final String COMMENT = "comment";

  /** The statement that created a view. */
  public static final String TEXT = "text";

  /** Of a column, the type as it was declared. */
  public static final String TYPE = "type";

  /** Of a column, its default as it was written. */
  public static final String DEFAULT = "default";

  /** Of a column, its place in the primary key, from 1 on. */
  public static final String PRIMARY_KEY = "primaryKey";

  /** Of a column, present when it is unique by itself. */
  public static final String UNIQUE = "unique";

  /** Of a table, present when it was declared with a foreign key. */
  public static final String FOREIGN_KEY = "foreignKey";

  /** Of a table, TRANSIENT or TEMPORARY. */
  public static final String KIND = "kind";

  /** Of a temporary table, the DuckDB schema that it would belong to. */
  public static final String SCHEMA = "schema";

  private static final Gson GSON = new Gson();

  /** Copies the values. */
  public Notes {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Reads a DuckDB comment; one that is no JSON object is the user's comment. */
  public static Notes parse(@Nullable Object comment) {
    Map<String, String> values = new TreeMap<>();
    if (comment != null) {
      try {
        if (JsonParser.parseString(comment.toString()) instanceof JsonObject object) {
          for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            values.put(entry.getKey(), entry.getValue().getAsString());
          }
          return new Notes(values);
        }
      } catch (JsonParseException e) {
        values.put(COMMENT, comment.toString());
        return new Notes(values);
      }
      values.put(COMMENT, comment.toString());
    }
    return new Notes(values);
  }

  /** Returns one note, or the empty text. */
  public String get(String name) {
    return values.getOrDefault(name, "");
  }

  /** Returns these notes with one more. */
  public Notes with(String name, String value) {
    Map<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new Notes(more);
  }

  /** Returns the text for DuckDB's comment. */
  public String json() {
    return GSON.toJson(values);
  }
}
