package io.refract.snowflake.embedded.engine;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** Reads a DuckDB result as the plain Java values that {@link RowCursor} allows. */
final class DuckDbCursor implements RowCursor {

  private enum Read {
    PLAIN,
    TIMESTAMP,
    BYTES,
    TEXT
  }

  private final ResultSet rows;
  private final Read[] reads;

  DuckDbCursor(ResultSet rows) throws SQLException {
    this.rows = rows;
    ResultSetMetaData meta = rows.getMetaData();
    reads = new Read[meta.getColumnCount()];
    for (int i = 0; i < reads.length; i++) {
      reads[i] = read(meta.getColumnTypeName(i + 1));
    }
  }

  private static Read read(String type) {
    return switch (type) {
      // java.sql.Timestamp would go through the zone of the JVM and its daylight-saving gaps.
      case "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S" -> Read.TIMESTAMP;
      case "BLOB" -> Read.BYTES;
      case "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "VARCHAR",
          "DATE",
          "TIME",
          "TIMESTAMP WITH TIME ZONE" ->
          Read.PLAIN;
      default -> type.startsWith("DECIMAL") ? Read.PLAIN : Read.TEXT;
    };
  }

  @Override
  public @Nullable Object @Nullable [] next() throws SQLException {
    if (!rows.next()) {
      return null;
    }
    @Nullable Object[] row = new Object[reads.length];
    for (int i = 0; i < row.length; i++) {
      row[i] =
          switch (reads[i]) {
            case PLAIN -> rows.getObject(i + 1);
            case TIMESTAMP -> rows.getObject(i + 1, LocalDateTime.class);
            case BYTES -> rows.getBytes(i + 1);
            case TEXT -> {
              Object value = rows.getObject(i + 1);
              yield value == null ? null : value.toString();
            }
          };
    }
    return row;
  }

  @Override
  public void close() throws SQLException {
    rows.getStatement().close();
  }
}
