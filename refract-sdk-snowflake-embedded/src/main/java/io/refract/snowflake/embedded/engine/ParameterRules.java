package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SqlError;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;

/** Which session parameters can be set, and to what. */
final class ParameterRules {

  /** Parameters that would change what statements mean, in ways that are not implemented. */
  private static final Set<String> FIXED =
      Set.of(
          "BINARY_INPUT_FORMAT",
          "BINARY_OUTPUT_FORMAT",
          "DATE_INPUT_FORMAT",
          "ERROR_ON_NONDETERMINISTIC_UPDATE",
          "QUOTED_IDENTIFIERS_IGNORE_CASE",
          "ROWS_PER_RESULTSET",
          "TIMESTAMP_INPUT_FORMAT",
          "TIMESTAMP_TYPE_MAPPING",
          "TIME_INPUT_FORMAT",
          "TRANSACTION_ABORT_ON_ERROR",
          "TWO_DIGIT_CENTURY_START",
          "WEEK_OF_YEAR_POLICY",
          "WEEK_START");

  private ParameterRules() {}

  /** Checks a new value. */
  static void check(String name, String value) {
    String key = name.toUpperCase(Locale.ROOT);
    Object initial = SessionParameters.defaultOf(key);
    if (initial == null) {
      throw SqlError.of("001006", "22023", "invalid property '" + key + "' for 'SESSION'");
    }
    if (FIXED.contains(key) && !initial.toString().equalsIgnoreCase(value)) {
      throw SqlError.unsupported("session parameter " + key + " = " + value);
    }
    if (key.equals("TIMEZONE")) {
      try {
        ZoneId.of(value);
      } catch (DateTimeException e) {
        throw invalid(key, value);
      }
    }
    boolean fits = true;
    if (initial instanceof Boolean) {
      fits = value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
    } else if (initial instanceof Long) {
      fits = value.strip().matches("\\d{1,18}");
    }
    if (!fits) {
      throw invalid(key, value);
    }
  }

  private static SqlError invalid(String name, String value) {
    return SqlError.of(
        "001008", "22023", "invalid value [" + value + "] for parameter '" + name + "'");
  }
}
