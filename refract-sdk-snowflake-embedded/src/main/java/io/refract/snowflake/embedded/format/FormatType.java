package io.refract.snowflake.embedded.format;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/**
 * The types of file formats that can be read, each with its options and their defaults.
 *
 * <p>Source: Snowflake documentation, "CREATE FILE FORMAT".
 */
public enum FormatType {
  /** Records of delimited fields. */
  CSV(
      "COMPRESSION=AUTO",
      "RECORD_DELIMITER=\n",
      "FIELD_DELIMITER=,",
      "FILE_EXTENSION=NONE",
      "MULTI_LINE=TRUE",
      "PARSE_HEADER=FALSE",
      "SKIP_HEADER=0",
      "SKIP_BLANK_LINES=FALSE",
      "DATE_FORMAT=AUTO",
      "TIME_FORMAT=AUTO",
      "TIMESTAMP_FORMAT=AUTO",
      "BINARY_FORMAT=HEX",
      "ESCAPE=NONE",
      "ESCAPE_UNENCLOSED_FIELD=\\",
      "TRIM_SPACE=FALSE",
      "FIELD_OPTIONALLY_ENCLOSED_BY=NONE",
      "NULL_IF=[\"\\\\N\"]",
      "ERROR_ON_COLUMN_COUNT_MISMATCH=TRUE",
      "VALIDATE_UTF8=TRUE",
      "REPLACE_INVALID_CHARACTERS=FALSE",
      "EMPTY_FIELD_AS_NULL=TRUE",
      "SKIP_BYTE_ORDER_MARK=TRUE",
      "ENCODING=UTF8"),
  /** JSON documents, one after the other or in one array. */
  JSON(
      "COMPRESSION=AUTO",
      "FILE_EXTENSION=NONE",
      "MULTI_LINE=TRUE",
      "DATE_FORMAT=AUTO",
      "TIME_FORMAT=AUTO",
      "TIMESTAMP_FORMAT=AUTO",
      "BINARY_FORMAT=HEX",
      "TRIM_SPACE=FALSE",
      "NULL_IF=[]",
      "ENABLE_OCTAL=FALSE",
      "ALLOW_DUPLICATE=FALSE",
      "STRIP_OUTER_ARRAY=FALSE",
      "STRIP_NULL_VALUES=FALSE",
      "IGNORE_UTF8_ERRORS=FALSE",
      "REPLACE_INVALID_CHARACTERS=FALSE",
      "SKIP_BYTE_ORDER_MARK=TRUE");

  private final ImmutableMap<String, String> defaults;

  FormatType(String... defaults) {
    ImmutableMap.Builder<String, String> values = ImmutableMap.builder();
    for (String option : defaults) {
      int equals = option.indexOf('=');
      values.put(option.substring(0, equals), option.substring(equals + 1));
    }
    this.defaults = values.buildOrThrow();
  }

  /** Returns all options with their defaults, in Snowflake's order. */
  public Map<String, String> defaults() {
    return defaults;
  }
}
