package io.refract.snowflake.embedded.wire;

import com.google.gson.stream.JsonWriter;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.io.IOException;

/**
 * A column type as the driver reads it.
 *
 * @param name the lower-case name, for example {@code fixed}
 * @param scale decimals of a number or of a second
 * @param type the type it stands for
 */
record WireType(String name, int scale, SnowflakeType type) {

  /** The most bytes that one character needs. */
  private static final long BYTES_PER_CHARACTER = 4;

  static WireType of(SnowflakeType type) {
    int scale =
        switch (type.base()) {
          case NUMBER -> type.scale();
          case TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ -> type.precision();
          default -> 0;
        };
    return new WireType(type.wireName(), scale, type);
  }

  /** Writes the description of a column. */
  void write(JsonWriter json, Column column) throws IOException {
    json.beginObject();
    json.name("name").value(column.name());
    json.name("database").value("");
    json.name("schema").value("");
    json.name("table").value("");
    json.name("nullable").value(column.nullable());
    json.name("type").value(name);
    json.name("collation").nullValue();
    switch (type.base()) {
      case NUMBER -> {
        json.name("precision").value(type.precision());
        json.name("scale").value(type.scale());
        json.name("length").nullValue();
        json.name("byteLength").nullValue();
      }
      case TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ -> {
        json.name("precision").value(0);
        json.name("scale").value(type.precision());
        json.name("length").nullValue();
        json.name("byteLength").nullValue();
      }
      case VARCHAR -> {
        json.name("precision").nullValue();
        json.name("scale").nullValue();
        json.name("length").value(type.length());
        json.name("byteLength")
            .value(
                Math.min(
                    BYTES_PER_CHARACTER * type.length(),
                    Math.max(type.length(), SnowflakeType.DEFAULT_VARCHAR_LENGTH)));
      }
      case BINARY -> {
        json.name("precision").nullValue();
        json.name("scale").nullValue();
        json.name("length").value(type.length());
        json.name("byteLength").value(type.length());
      }
      default -> {
        json.name("precision").nullValue();
        json.name("scale").nullValue();
        json.name("length").nullValue();
        json.name("byteLength").nullValue();
      }
    }
    json.endObject();
  }
}
