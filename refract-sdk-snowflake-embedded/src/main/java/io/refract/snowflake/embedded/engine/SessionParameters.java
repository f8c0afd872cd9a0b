package io.refract.snowflake.embedded.engine;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parameters of one session: Snowflake's defaults, and what the session changed. */
public final class SessionParameters {

  private static final Map<String, Object> DEFAULTS = defaults();

  private final Map<String, Object> changed = new TreeMap<>();

  private static Map<String, Object> defaults() {
    Map<String, Object> values = new TreeMap<>();
    values.put("ABORT_DETACHED_QUERY", false);
    values.put("AUTOCOMMIT", true);
    values.put("BINARY_INPUT_FORMAT", "HEX");
    values.put("BINARY_OUTPUT_FORMAT", "HEX");
    values.put("CLIENT_MEMORY_LIMIT", 1536L);
    values.put("CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX", false);
    values.put("CLIENT_PREFETCH_THREADS", 4L);
    values.put("CLIENT_RESULT_CHUNK_SIZE", 160L);
    values.put("CLIENT_RESULT_COLUMN_CASE_INSENSITIVE", false);
    values.put("CLIENT_SESSION_KEEP_ALIVE", false);
    values.put("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 3600L);
    // 0: large batches come inline, not through a temporary stage.
    values.put("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", 0L);
    values.put("CLIENT_TELEMETRY_ENABLED", false);
    values.put("CLIENT_TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_LTZ");
    values.put("DATE_INPUT_FORMAT", "AUTO");
    values.put("DATE_OUTPUT_FORMAT", "YYYY-MM-DD");
    values.put("ERROR_ON_NONDETERMINISTIC_MERGE", true);
    values.put("ERROR_ON_NONDETERMINISTIC_UPDATE", false);
    values.put("GEOGRAPHY_OUTPUT_FORMAT", "GeoJSON");
    values.put("JDBC_ENABLE_PUT_GET", true);
    values.put("JDBC_QUERY_RESULT_FORMAT", "JSON");
    values.put("JDBC_TREAT_DECIMAL_AS_INT", true);
    values.put("JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC", false);
    values.put("JDBC_USE_SESSION_TIMEZONE", true);
    values.put("JSON_INDENT", 2L);
    values.put("LOCK_TIMEOUT", 43200L);
    values.put("MULTI_STATEMENT_COUNT", 1L);
    values.put("QUERY_TAG", "");
    values.put("QUOTED_IDENTIFIERS_IGNORE_CASE", false);
    values.put("ROWS_PER_RESULTSET", 0L);
    values.put("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", 0L);
    values.put("STATEMENT_TIMEOUT_IN_SECONDS", 172800L);
    values.put("TIMESTAMP_DAY_IS_ALWAYS_24H", false);
    values.put("TIMESTAMP_INPUT_FORMAT", "AUTO");
    values.put("TIMESTAMP_LTZ_OUTPUT_FORMAT", "");
    values.put("TIMESTAMP_NTZ_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3");
    values.put("TIMESTAMP_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM");
    values.put("TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_NTZ");
    values.put("TIMESTAMP_TZ_OUTPUT_FORMAT", "");
    // Snowflake's own default is America/Los_Angeles; a machine-independent zone is easier to test.
    values.put("TIMEZONE", "UTC");
    values.put("TIME_INPUT_FORMAT", "AUTO");
    values.put("TIME_OUTPUT_FORMAT", "HH24:MI:SS");
    values.put("TRANSACTION_ABORT_ON_ERROR", false);
    values.put("TRANSACTION_DEFAULT_ISOLATION_LEVEL", "READ COMMITTED");
    values.put("TWO_DIGIT_CENTURY_START", 1970L);
    values.put("UNSUPPORTED_DDL_ACTION", "ignore");
    values.put("USE_CACHED_RESULT", true);
    values.put("WEEK_OF_YEAR_POLICY", 0L);
    values.put("WEEK_START", 0L);
    return Collections.unmodifiableMap(values);
  }

  /** Tells whether Snowflake has a session parameter of this name. */
  public static boolean isKnown(String name) {
    return DEFAULTS.containsKey(name.toUpperCase(Locale.ROOT));
  }

  /** Returns the default of a known parameter, or null. */
  public static @Nullable Object defaultOf(String name) {
    return DEFAULTS.get(name.toUpperCase(Locale.ROOT));
  }

  /** Returns the current value: a String, Boolean or Long; the empty text for an unknown name. */
  public Object get(String name) {
    String key = name.toUpperCase(Locale.ROOT);
    Object value = changed.get(key);
    if (value == null) {
      value = DEFAULTS.get(key);
    }
    return value == null ? "" : value;
  }

  /** Returns the current value of a switch. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(get(name));
  }

  /**
   * Sets a known parameter.
   *
   * @param value its text; converted to the type of the default
   * @throws IllegalArgumentException when the text is no value of that type
   */
  public void set(String name, String value) {
    String key = name.toUpperCase(Locale.ROOT);
    Object initial = DEFAULTS.get(key);
    if (initial instanceof Boolean) {
      if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
        throw new IllegalArgumentException(value + " is neither TRUE nor FALSE");
      }
      changed.put(key, Boolean.valueOf(value));
    } else if (initial instanceof Long) {
      changed.put(key, Long.valueOf(value.strip()));
    } else {
      changed.put(key, value);
    }
  }

  /** Returns a parameter to its default. */
  public void unset(String name) {
    changed.remove(name.toUpperCase(Locale.ROOT));
  }

  /** Tells whether the session set this parameter. */
  public boolean isChanged(String name) {
    return changed.containsKey(name.toUpperCase(Locale.ROOT));
  }

  /** Returns all parameters with their current values, by name. */
  public Map<String, Object> all() {
    Map<String, Object> values = new TreeMap<>(DEFAULTS);
    values.putAll(changed);
    return values;
  }
}
