package io.refract.snowflake.embedded.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A translated query.
 *
 * @param sql DuckDB's text
 * @param columns the output columns in their order, or null when they are not all known
 */
record Query(String sql, @Nullable Map<String, Kind> columns) {

  Kind firstKind() {
    return columns == null || columns.isEmpty() ? Kind.UNKNOWN : columns.values().iterator().next();
  }
}
