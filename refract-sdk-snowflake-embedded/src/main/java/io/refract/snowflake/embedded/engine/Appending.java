package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** Appends the values that {@link RowCursor} allows to a DuckDB table. */
final class Appending {

  private Appending() {}

  static void append(DuckDBAppender appender, @Nullable Object value, SnowflakeType type)
      throws SQLException {
    if (value == null) {
      appender.appendNull();
      return;
    }
    switch (type.base()) {
      case NUMBER -> appender.append(new BigDecimal(value.toString()).setScale(type.scale()));
      case FLOAT -> appender.append(((Number) value).doubleValue());
      case BOOLEAN -> appender.append((Boolean) value);
      case DATE -> appender.append((LocalDate) value);
      case TIME -> appender.append((LocalTime) value);
      case TIMESTAMP_NTZ -> appender.append((LocalDateTime) value);
      case TIMESTAMP_LTZ, TIMESTAMP_TZ -> appender.append((OffsetDateTime) value);
      case BINARY -> appender.append((byte[]) value);
      default -> appender.append(value.toString());
    }
  }
}
