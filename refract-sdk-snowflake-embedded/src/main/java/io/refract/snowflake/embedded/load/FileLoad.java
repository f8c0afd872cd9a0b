package io.refract.snowflake.embedded.load;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.format.FormatType;
import io.refract.snowflake.embedded.load.TargetTable.TargetColumn;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.stage.Stage.StagedFile;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one file, converts its fields to the types of the target's columns, and counts errors. */
final class FileLoad {

  /** Takes the converted records. */
  @FunctionalInterface
  interface Sink {
    /** Takes one record, one cell per target column. */
    void accept(@Nullable String[] cells) throws SQLException;
  }

  private static final String ADVICE =
      "\n  If you would like to continue loading when an error is encountered, use other values such"
          + " as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option. For more information on loading"
          + " options, please run 'info loading_data' in a SQL client.";

  private final CopyStatement copy;
  private final TargetTable table;
  private final List<TargetColumn> columns;
  private final FileFormat format;
  private final CellConversion conversion;
  private final StagedFile file;
  private final String label;

  private long parsed;
  private long loaded;
  private long errors;
  private @Nullable SqlError firstError;
  private long firstLine;
  private int firstCharacter;
  private String firstColumn = "";

  FileLoad(
      CopyStatement copy,
      TargetTable table,
      List<TargetColumn> columns,
      FileFormat format,
      StagedFile file,
      String label) {
    this.copy = copy;
    this.table = table;
    this.columns = columns;
    this.format = format;
    this.conversion = new CellConversion(format, copy.truncate());
    this.file = file;
    this.label = label;
  }

  /**
   * Reads the file into a sink.
   *
   * @throws SqlError for a bad record with ON_ERROR = ABORT_STATEMENT
   */
  void run(Sink sink) throws SQLException {
    if (copy.onError() == CopyStatement.OnError.SKIP_FILE) {
      // Whether the file is clean must be known before its first record is taken.
      read(cells -> {});
      if (errors > 0) {
        loaded = 0;
        return;
      }
      parsed = 0;
      loaded = 0;
    }
    read(sink);
  }

  /** Returns whether anything was loaded. */
  boolean hasLoaded() {
    return loaded > 0 || errors == 0;
  }

  /** Returns whether there was an error. */
  boolean hasErrors() {
    return errors > 0;
  }

  /** Returns the row of COPY's result. */
  @Nullable Object[] row() {
    String status = errors == 0 ? "LOADED" : loaded == 0 ? "LOAD_FAILED" : "PARTIALLY_LOADED";
    SqlError error = firstError;
    boolean failed = error != null;
    long limit = copy.onError() == CopyStatement.OnError.CONTINUE ? parsed : 1;
    return new @Nullable Object[] {
      label,
      status,
      parsed,
      loaded,
      limit,
      errors,
      error == null ? null : error.text(),
      failed ? firstLine : null,
      failed ? firstCharacter : null,
      failed ? firstColumn : null
    };
  }

  private void read(Sink sink) throws SQLException {
    try (RecordSource source = RecordSource.open(file, format)) {
      int[] fields = fieldsOfColumns(source.header());
      while (true) {
        RecordSource.Entry entry;
        try {
          entry = source.next();
        } catch (SqlError e) {
          // The rest of a file that cannot be cut into records is lost.
          failed(e, 0, 1, "");
          return;
        }
        if (entry == null) {
          return;
        }
        parsed++;
        @Nullable String[] cells = convert(entry, fields);
        if (cells != null) {
          sink.accept(cells);
          loaded++;
        }
      }
    } catch (IOException e) {
      failed(StagedReader.failed(label, e), 0, 1, "");
    }
  }

  private @Nullable String @Nullable [] convert(RecordSource.Entry entry, int[] fields) {
    int count = entry.fields().size();
    if (format.type() == FormatType.CSV
        && copy.match() == CopyStatement.Match.NONE
        && format.flag("ERROR_ON_COLUMN_COUNT_MISMATCH")
        && count != columns.size()) {
      int last = Math.min(count, columns.size()) - 1;
      failed(
          SqlError.of(
              "100080",
              "22000",
              "Number of columns in file ("
                  + count
                  + ") does not match that of the corresponding table ("
                  + columns.size()
                  + "), use file format option error_on_column_count_mismatch=false to ignore this"
                  + " error"),
          entry.line(),
          entry.positions().get(Math.max(0, last)),
          table.name().name().quoted() + "[" + columns.size() + "]");
      return null;
    }
    @Nullable String[] cells = new @Nullable String[columns.size()];
    for (int i = 0; i < cells.length; i++) {
      TargetColumn column = columns.get(i);
      int field = fields[i];
      try {
        String text = text(entry, column, field);
        if (text == null && !column.nullable()) {
          throw SqlError.of("100072", "22000", "NULL result in a non-nullable column");
        }
        cells[i] = text == null ? null : conversion.convert(text, column.type());
      } catch (SqlError e) {
        int position =
            field >= 0 && field < entry.positions().size() ? entry.positions().get(field) : 1;
        failed(e, entry.line(), position, label(column, i));
        return null;
      }
    }
    return cells;
  }

  private @Nullable String text(RecordSource.Entry entry, TargetColumn column, int field) {
    JsonElement document = entry.document();
    if (document == null || copy.match() == CopyStatement.Match.NONE) {
      return field >= 0 && field < entry.fields().size() ? entry.fields().get(field) : null;
    }
    if (!(document instanceof JsonObject object)) {
      throw SqlError.of(
          "100071", "22000", "Failed to cast variant value " + document + " to OBJECT");
    }
    JsonElement value = null;
    for (String key : object.keySet()) {
      if (matches(key, column)) {
        value = object.get(key);
      }
    }
    if (value == null || value.isJsonNull()) {
      return null;
    }
    return value.isJsonPrimitive() && !column.type().isSemiStructured()
        ? value.getAsString()
        : value.toString();
  }

  /** Returns, for each column, the field that holds it; -1 when none does. */
  private int[] fieldsOfColumns(List<String> header) {
    int[] fields = new int[columns.size()];
    if (copy.match() == CopyStatement.Match.NONE) {
      requireOneColumnForJson();
      for (int i = 0; i < fields.length; i++) {
        fields[i] = i;
      }
      return fields;
    }
    if (format.type() == FormatType.CSV && !format.flag("PARSE_HEADER")) {
      throw SqlError.syntax("MATCH_BY_COLUMN_NAME with file format CSV needs PARSE_HEADER = TRUE.");
    }
    for (int i = 0; i < fields.length; i++) {
      fields[i] = -1;
      for (int field = 0; field < header.size(); field++) {
        if (matches(header.get(field), columns.get(i))) {
          fields[i] = field;
        }
      }
    }
    return fields;
  }

  private boolean matches(String name, TargetColumn column) {
    return copy.match() == CopyStatement.Match.CASE_SENSITIVE
        ? name.equals(column.name())
        : name.equalsIgnoreCase(column.name());
  }

  private void requireOneColumnForJson() {
    if (format.type() == FormatType.JSON
        && (columns.size() != 1 || !columns.get(0).type().isSemiStructured())) {
      throw SqlError.of(
          "002019",
          "0A000",
          "SQL compilation error:\nJSON file format can produce one and only one column of type"
              + " variant, object, or array. Load data into separate columns using the"
              + " MATCH_BY_COLUMN_NAME copy option or copy with transformation.");
    }
  }

  private void failed(SqlError error, long line, int character, String column) {
    errors++;
    if (firstError == null) {
      firstError = error;
      firstLine = line;
      firstCharacter = character;
      firstColumn = column;
    }
    if (copy.onError() == CopyStatement.OnError.ABORT_STATEMENT) {
      throw SqlError.of(
          error.code(),
          error.sqlState(),
          error.text()
              + "\n  File '"
              + label
              + "', line "
              + line
              + ", character "
              + character
              + "\n  Row "
              + parsed
              + (column.isEmpty() ? "" : ", column " + column)
              + ADVICE,
          error);
    }
  }

  private String label(TargetColumn column, int index) {
    List<String> parts = new ArrayList<>();
    parts.add(table.name().name().quoted());
    parts.add("[\"" + column.name() + "\":" + (index + 1) + "]");
    return String.join("", parts);
  }

  /** Returns the type in which cells of a column wait for the insert. */
  static String cast(String cell, SnowflakeType type) {
    return switch (type.base()) {
      case VARCHAR -> cell;
      case BINARY -> "unhex(" + cell + ")";
      default -> "CAST(" + cell + " AS " + type.duckDb() + ")";
    };
  }
}
