package io.refract.snowflake.embedded.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBLogicalType;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The functions that translated statements call in DuckDB, and the list of all functions that the
 * embedded Snowflake has. The DuckDB side takes and gives text only; the translation casts around
 * it. Their names start with {@code __sf_}, which no statement of a user can reach.
 */
public final class FunctionLibrary {

  /** A function over texts; an argument or the result may be NULL. */
  private interface TextFunction {
    @Nullable String apply(@Nullable String[] arguments);
  }

  private FunctionLibrary() {}

  /** Returns the upper-case names of all scalar, aggregate, window and context functions. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(ScalarFunctions.names());
    names.addAll(SpecialFunctions.names());
    names.addAll(SpecialForms.NAMES);
    names.addAll(Aggregates.names());
    names.addAll(ContextFunctions.NAMES);
    return names;
  }

  /** Returns the upper-case names of the table functions. */
  public static Set<String> tableFunctionNames() {
    return new TreeSet<>(TableFunctions.NAMES);
  }

  /**
   * Registers the functions in the database of a connection; they are seen by all connections to
   * the same database instance.
   */
  public static void install(Connection connection) throws SQLException {
    strict(connection, "__sf_cast", 5, a -> ValueConversion.convert(a[0], a[1], a[2], a[3], a[4]));
    strict(connection, "__sf_format", 3, a -> ValueConversion.format(a[0], a[1], a[2]));
    strict(connection, "__sf_div", 4, a -> NumberFunctions.divide(a[0], a[1], a[2], a[3]));
    strict(connection, "__sf_trunc", 2, a -> NumberFunctions.truncate(a[0], a[1]));
    strict(connection, "__sf_initcap", 2, a -> TextFunctions.initcap(a[0], a[1]));
    strict(connection, "__sf_split_part", 3, a -> TextFunctions.splitPart(a[0], a[1], a[2]));
    strict(connection, "__sf_strtok", 3, a -> TextFunctions.strtok(a[0], a[1], a[2]));
    strict(connection, "__sf_sha2", 2, a -> TextFunctions.sha2(a[0], a[1]));
    strict(connection, "__sf_split_rows", 3, a -> TextFunctions.splitRows(a[0], a[1], a[2]));
    strict(connection, "__sf_regexp_like", 3, a -> RegexFunctions.like(a[0], a[1], a[2]));
    strict(connection, "__sf_regexp", 8, RegexFunctions::call);
    register(connection, "__sf_json", 4, a -> JsonFunctions.call(a[0], a[1], a[2], a[3]));
    register(connection, "__sf_flatten", 5, Flatten::rows);
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName("__sf_build")
          .withVarArgs(DuckDBLogicalType.of(DuckDBColumnType.VARCHAR))
          .withReturnType(String.class)
          .withVectorizedFunction(
              (chunk, out) -> {
                DuckDBReadableVector[] vectors = vectors(chunk);
                for (long row = 0; row < chunk.rowCount(); row++) {
                  out.setString(row, guarded(JsonFunctions::build, row(vectors, row)));
                }
              })
          .register(connection);
    }
  }

  /** Asking a chunk for a vector costs a call into DuckDB, so it is done once for all rows. */
  private static DuckDBReadableVector[] vectors(DuckDBDataChunkReader chunk) {
    DuckDBReadableVector[] vectors = new DuckDBReadableVector[Math.toIntExact(chunk.columnCount())];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = chunk.vector(i);
    }
    return vectors;
  }

  private static @Nullable String[] row(DuckDBReadableVector[] vectors, long row) {
    @Nullable String[] values = new @Nullable String[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      values[i] = vectors[i].isNull(row) ? null : vectors[i].getString(row);
    }
    return values;
  }

  /** Registers a function that gives NULL as soon as one argument is NULL. */
  private static void strict(Connection connection, String name, int arguments, StrictText function)
      throws SQLException {
    register(
        connection,
        name,
        arguments,
        values -> {
          String[] present = new String[values.length];
          for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value == null) {
              return null;
            }
            present[i] = value;
          }
          return function.apply(present);
        });
  }

  private interface StrictText {
    @Nullable String apply(String[] arguments);
  }

  /** Calls a function; what it throws goes through DuckDB as a marked text. */
  private static @Nullable String guarded(TextFunction function, @Nullable String[] arguments) {
    try {
      return function.apply(arguments);
    } catch (SqlError e) {
      throw new IllegalStateException(ErrorMapper.mark(e), e);
    } catch (RuntimeException e) {
      // A fault of this library, reported as Snowflake reports its own.
      SqlError internal =
          SqlError.of(
              "000603", "XX000", "SQL execution internal error: Processing aborted by " + e, e);
      throw new IllegalStateException(ErrorMapper.mark(internal), e);
    }
  }

  private static void register(
      Connection connection, String name, int arguments, TextFunction function)
      throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder.withName(name);
      for (int i = 0; i < arguments; i++) {
        builder.withParameter(String.class);
      }
      builder
          .withReturnType(String.class)
          .withVectorizedFunction(
              (chunk, out) -> {
                DuckDBReadableVector[] vectors = vectors(chunk);
                for (long row = 0; row < chunk.rowCount(); row++) {
                  String result = guarded(function, row(vectors, row));
                  if (result == null) {
                    out.setNull(row);
                  } else {
                    out.setString(row, result);
                  }
                }
              })
          .register(connection);
    }
  }
}
