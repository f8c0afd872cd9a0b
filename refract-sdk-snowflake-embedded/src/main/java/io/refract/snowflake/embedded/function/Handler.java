package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.SqlError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The running code of one function. Thread-safe.
 *
 * <p>Cells are text, the way DuckDB casts the SQL type to VARCHAR; BINARY is hexadecimal; null is
 * NULL.
 */
interface Handler extends AutoCloseable {

  /**
   * Evaluates a batch of rows.
   *
   * @param rows how many
   * @param columns one array per argument, each with one cell per row
   * @return one cell per row
   * @throws SqlError when the function fails
   */
  @Nullable String[] evaluate(int rows, List<@Nullable String[]> columns);

  /** Ends the code; later calls fail. */
  @Override
  void close();
}
