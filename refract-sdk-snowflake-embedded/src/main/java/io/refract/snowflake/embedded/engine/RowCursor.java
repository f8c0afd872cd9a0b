package io.refract.snowflake.embedded.engine;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a result once, from the first to the last.
 *
 * <p>A cell is null, String, Boolean, any Number, LocalDate, LocalTime, LocalDateTime,
 * OffsetDateTime or byte[]; VARIANT, OBJECT and ARRAY are JSON text.
 */
public interface RowCursor extends AutoCloseable {

  /**
   * Reads the next row.
   *
   * @return the cells in the order of the columns, or null after the last row
   */
  @Nullable Object @Nullable [] next() throws SQLException;

  /** Releases what the rows are read from; does nothing by default. */
  @Override
  default void close() throws SQLException {}

  /** Returns a cursor over rows that are already in memory. */
  static RowCursor of(List<@Nullable Object[]> rows) {
    Iterator<@Nullable Object[]> iterator = rows.iterator();
    return () -> iterator.hasNext() ? iterator.next() : null;
  }
}
