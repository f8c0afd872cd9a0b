package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.format.FormatType;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.stage.Stage;
import io.refract.snowflake.embedded.stage.Stage.StagedFile;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBAppender;

/**
 * The records of staged files in a temporary DuckDB table, so that a query can read them as {@code
 * $1}, {@code $2} and so on.
 *
 * @param name the table's name, unquoted
 * @param rows how many records each file has, in the order of the files
 */
record StagedTable(String name, List<Long> rows) {

  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final String FILE_NAME = "METADATA$FILENAME";
  private static final String ROW_NUMBER = "METADATA$FILE_ROW_NUMBER";

  /** Copies the list. */
  StagedTable {
    rows = List.copyOf(rows);
  }

  /**
   * Reads files.
   *
   * @param query the query that will read the table; its highest {@code $n} is the least number of
   *     columns
   */
  static StagedTable load(
      Stage stage, List<StagedFile> files, FileFormat format, String query, Session session)
      throws SQLException {
    String name = "REFRACT$STAGED_" + NUMBERS.incrementAndGet();
    boolean metadata = query.toUpperCase(Locale.ROOT).contains("METADATA$");
    int width = Math.max(highestPosition(query), width(stage, files, format));
    List<String> columns = new ArrayList<>();
    String type = format.type() == FormatType.JSON ? "JSON" : "VARCHAR";
    for (int i = 1; i <= width; i++) {
      columns.add("C" + i + " " + type);
    }
    if (metadata) {
      columns.add(Identifier.quote(FILE_NAME) + " VARCHAR");
      columns.add(Identifier.quote(ROW_NUMBER) + " BIGINT");
    }
    session.update(
        "CREATE TEMP TABLE temp.main."
            + Identifier.quote(name)
            + " ("
            + String.join(", ", columns)
            + ")");
    List<Long> rows = new ArrayList<>();
    try (DuckDBAppender appender = session.connection().createAppender("temp", "main", name)) {
      for (StagedFile file : files) {
        rows.add(append(stage, file, format, width, metadata, appender));
      }
    }
    return new StagedTable(name, rows);
  }

  /** Drops the table. */
  void drop(Session session) throws SQLException {
    session.update("DROP TABLE IF EXISTS temp.main." + Identifier.quote(name));
  }

  private static long append(
      Stage stage,
      StagedFile file,
      FileFormat format,
      int width,
      boolean metadata,
      DuckDBAppender appender)
      throws SQLException {
    long rows = 0;
    String label = stage.label() + file.path();
    try (RecordSource source = RecordSource.open(file, format)) {
      for (RecordSource.Entry entry = source.next(); entry != null; entry = source.next()) {
        rows++;
        appender.beginRow();
        for (int i = 0; i < width; i++) {
          String cell = i < entry.fields().size() ? entry.fields().get(i) : null;
          if (cell == null) {
            appender.appendNull();
          } else {
            appender.append(cell);
          }
        }
        if (metadata) {
          appender.append(label);
          appender.append(rows);
        }
        appender.endRow();
      }
      return rows;
    } catch (IOException e) {
      throw StagedReader.failed(label, e);
    }
  }

  private static int width(Stage stage, List<StagedFile> files, FileFormat format) {
    int width = 1;
    if (format.type() == FormatType.JSON) {
      return width;
    }
    for (StagedFile file : files) {
      try (RecordSource source = RecordSource.open(file, format)) {
        for (RecordSource.Entry entry = source.next(); entry != null; entry = source.next()) {
          width = Math.max(width, entry.fields().size());
        }
      } catch (IOException e) {
        throw StagedReader.failed(stage.label() + file.path(), e);
      }
    }
    return width;
  }

  private static int highestPosition(String query) {
    int highest = 0;
    TokenStream in = TokenStream.of(query);
    while (in.peek().kind() != Token.Kind.END) {
      Token token = in.next();
      if (token.kind() == Token.Kind.POSITION) {
        if (token.value().length() > 4) {
          throw SqlError.invalidIdentifier("$" + token.value());
        }
        highest = Math.max(highest, Integer.parseInt(token.value()));
      }
    }
    return highest;
  }
}
