package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.CarriedError;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/**
 * A function as DuckDB calls it: text in, text out, in batches, from any of DuckDB's threads.
 *
 * <p>After a restart of a persistent server its code is loaded with the first call.
 */
final class InstalledFunction implements AutoCloseable {

  /** Loads the code of a function. */
  @FunctionalInterface
  interface Loader {
    /** Loads the code. */
    Handler load() throws SQLException;
  }

  private final Definition definition;
  private final Loader loader;
  private @Nullable Handler handler;
  private boolean closed;

  /**
   * Makes a function.
   *
   * @param handler its code, or null to load it with the first call
   */
  InstalledFunction(Definition definition, @Nullable Handler handler, Loader loader) {
    this.definition = definition;
    this.handler = handler;
    this.loader = loader;
  }

  /** Registers the function in DuckDB under a name that was never used before. */
  void register(Connection connection, String name) throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder.withName(name).withReturnType(DuckDBColumnType.VARCHAR);
      for (int i = 0; i < definition.arguments().size(); i++) {
        builder.withParameter(DuckDBColumnType.VARCHAR);
      }
      // Volatile: otherwise DuckDB calls it with constants already while it prepares a statement.
      builder.withVolatile().withVectorizedFunction(this::apply).register(connection);
    }
  }

  @Override
  public void close() {
    Handler running;
    synchronized (this) {
      closed = true;
      running = handler;
      handler = null;
    }
    if (running != null) {
      running.close();
    }
  }

  private void apply(DuckDBDataChunkReader chunk, DuckDBWritableVector output) {
    try {
      int rows = Math.toIntExact(chunk.rowCount());
      List<@Nullable String[]> columns = new ArrayList<>();
      for (int i = 0; i < definition.arguments().size(); i++) {
        columns.add(read(chunk.vector(i), rows));
      }
      @Nullable String[] values = handler().evaluate(rows, columns);
      for (int row = 0; row < rows; row++) {
        String value = values[row];
        if (value == null) {
          requireNullable();
          output.setNull(row);
        } else {
          requireLength(value);
          output.setString(row, value);
        }
      }
    } catch (SqlError e) {
      throw new CarriedError(e);
    } catch (SQLException | RuntimeException | LinkageError e) {
      throw new CarriedError(SqlError.functionFailed(definition.signature(), e.toString()));
    }
  }

  private synchronized Handler handler() throws SQLException {
    Handler current = handler;
    if (current == null) {
      if (closed) {
        throw SqlError.functionFailed(
            definition.signature(), "The function was dropped, or the server is closed.");
      }
      current = loader.load();
      handler = current;
    }
    return current;
  }

  private static @Nullable String[] read(DuckDBReadableVector vector, int rows) {
    @Nullable String[] cells = new @Nullable String[rows];
    for (int row = 0; row < rows; row++) {
      cells[row] = vector.isNull(row) ? null : vector.getString(row);
    }
    return cells;
  }

  private void requireNullable() {
    if (definition.options().notNull()) {
      throw SqlError.of(
          "100072",
          "22000",
          "NULL result in a non-nullable column: the function "
              + definition.signature()
              + " RETURNS NOT NULL and returned NULL.");
    }
  }

  private void requireLength(String value) {
    SnowflakeType type = definition.returns();
    if (type.base() == SnowflakeType.Base.VARCHAR
        && value.length() > type.length()
        && value.codePointCount(0, value.length()) > type.length()) {
      throw SqlError.of(
          "100078",
          "22000",
          "String '"
              + value.substring(0, Math.min(50, value.length()))
              + "' is too long and would be truncated");
    }
  }
}
