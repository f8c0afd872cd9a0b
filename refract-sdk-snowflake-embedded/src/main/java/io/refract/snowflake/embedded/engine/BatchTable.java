package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** A temporary table with the values of a batch, one column for each bind. */
final class BatchTable implements AutoCloseable {

  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final int MOST_DIGITS = 38;

  private final Session session;
  private final Identifier name;

  private BatchTable(Session session, Identifier name) {
    this.session = session;
    this.name = name;
  }

  /** Returns the name of the column of a bind, counted from 0. */
  static String column(int bind) {
    return "BATCH$" + (bind + 1);
  }

  /** Creates and fills the table. */
  static BatchTable create(Session session, List<Bind> binds, int rows) throws SQLException {
    Identifier name = new Identifier("BATCH$" + NUMBERS.incrementAndGet());
    List<@Nullable Object[]> columns = new ArrayList<>();
    List<SnowflakeType> types = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    for (int i = 0; i < binds.size(); i++) {
      @Nullable Object[] values = values(binds.get(i), rows);
      columns.add(values);
      types.add(type(binds.get(i), values));
      definitions.add(Identifier.quote(column(i)) + " " + types.get(i).duckDb());
    }
    session.update(
        "CREATE TEMP TABLE temp.main."
            + name.quoted()
            + " ("
            + String.join(", ", definitions)
            + ")");
    BatchTable table = new BatchTable(session, name);
    boolean filled = false;
    try (DuckDBAppender appender =
        session.connection().createAppender("temp", "main", name.name())) {
      for (int row = 0; row < rows; row++) {
        appender.beginRow();
        for (int i = 0; i < columns.size(); i++) {
          Appending.append(appender, columns.get(i)[row], types.get(i));
        }
        appender.endRow();
      }
      appender.flush();
      filled = true;
    } finally {
      if (!filled) {
        table.close();
      }
    }
    return table;
  }

  Identifier name() {
    return name;
  }

  @Override
  public void close() throws SQLException {
    session.update("DROP TABLE IF EXISTS temp.main." + name.quoted());
  }

  private static @Nullable Object[] values(Bind bind, int rows) {
    @Nullable Object[] values = new Object[rows];
    for (int row = 0; row < rows; row++) {
      values[row] = BindValues.value(bind.type(), bind.values().get(bind.batch() ? row : 0));
    }
    return values;
  }

  private static SnowflakeType type(Bind bind, @Nullable Object[] values) {
    return switch (bind.type().toUpperCase(Locale.ROOT)) {
      case "FIXED" -> number(values);
      case "REAL" -> SnowflakeType.FLOAT;
      case "BOOLEAN" -> SnowflakeType.BOOLEAN;
      case "BINARY" -> SnowflakeType.BINARY;
      case "DATE" -> SnowflakeType.DATE;
      case "TIME" -> SnowflakeType.TIME;
      case "TIMESTAMP_NTZ" -> SnowflakeType.TIMESTAMP_NTZ;
      case "TIMESTAMP", "TIMESTAMP_LTZ", "TIMESTAMP_TZ" -> SnowflakeType.TIMESTAMP_LTZ;
      default -> SnowflakeType.VARCHAR;
    };
  }

  /** The type that holds all numbers of a column exactly. */
  private static SnowflakeType number(@Nullable Object[] values) {
    int scale =
        Arrays.stream(values)
            .mapToInt(
                value -> value instanceof BigDecimal decimal ? Math.max(0, decimal.scale()) : 0)
            .max()
            .orElse(0);
    int whole =
        Arrays.stream(values)
            .mapToInt(
                value ->
                    value instanceof BigDecimal decimal
                        ? decimal.precision() - decimal.scale()
                        : 19)
            .max()
            .orElse(1);
    if (scale + whole > MOST_DIGITS) {
      throw SqlError.of(
          "100039", "22003", "A batch holds numbers of more than 38 digits in one column");
    }
    return SnowflakeType.number(MOST_DIGITS, scale);
  }
}
