package io.refract.train.data;

import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Properties;

/**
 * Reads a Parquet file in the order of its rows. Of the columns only the two that are named are
 * read, row group by row group.
 *
 * <p>DuckDB does the reading: add {@code org.duckdb:duckdb_jdbc} with runtime scope. A cell that is
 * null counts as an empty one; numbers, dates and booleans are read as text; lists, structures and
 * bytes are refused.
 */
public final class ParquetReader extends DatasetReader<ParquetReader> {

  private static final String DRIVER = "org.duckdb.DuckDBDriver";
  private static final int FETCH_SIZE = 2_048;

  private final Path file;

  ParquetReader(Path file) {
    this.file = requireNonNull(file, "file");
  }

  @Override
  ParquetReader self() {
    return this;
  }

  @Override
  String name() {
    return file.toString();
  }

  @Override
  Dataset read(String sourceName, String targetName) {
    if (!Files.isRegularFile(file)) {
      throw unreadable("there is no such file.");
    }
    requireDriver();
    Properties properties = new Properties();
    properties.setProperty("jdbc_stream_results", "true");
    String sql =
        "SELECT %s, %s FROM read_parquet(?)".formatted(quoted(sourceName), quoted(targetName));
    SqlRows query =
        new SqlRows(
            name(),
            () -> DriverManager.getConnection("jdbc:duckdb:", properties),
            sql,
            List.of(literalPath()),
            FETCH_SIZE);
    try (RowCounter rows = new RowCounter(name())) {
      query.read(sourceName, targetName, rows);
      return rows.dataset(MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString());
    } catch (IOException e) {
      throw unreadable(e.getMessage() + ". Check that the file is complete and readable.", e);
    }
  }

  private void requireDriver() {
    try {
      Class.forName(DRIVER, true, ParquetReader.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw unreadable(
          "Parquet needs DuckDB's JDBC driver, which is not on the class path. Add the dependency org.duckdb:duckdb_jdbc, version 1.5 or newer, with runtime scope.",
          e);
    }
  }

  private static String quoted(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  /** DuckDB reads a path as a pattern; a wildcard in brackets stands for itself. */
  private String literalPath() {
    return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
  }
}
