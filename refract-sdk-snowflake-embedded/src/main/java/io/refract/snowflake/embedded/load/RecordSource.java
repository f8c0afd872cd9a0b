package io.refract.snowflake.embedded.load;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonStreamParser;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.format.FormatType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.stage.Stage.StagedFile;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the records of one staged file, CSV or JSON. */
final class RecordSource implements AutoCloseable {

  /**
   * One record.
   *
   * @param fields its fields in order, of JSON the whole document as the only one; null is NULL
   * @param document the JSON document, or null for CSV
   * @param line the line where it starts; 1 for JSON
   * @param positions the character where each field starts
   */
  record Entry(
      List<@Nullable String> fields,
      @Nullable JsonElement document,
      long line,
      List<Integer> positions) {}

  private final FileFormat format;
  private final Reader reader;
  private final @Nullable CsvReader csv;
  private final @Nullable JsonStreamParser json;
  private final Deque<JsonElement> elements = new ArrayDeque<>();
  private final List<String> header = new ArrayList<>();

  private RecordSource(Reader reader, FileFormat format) {
    this.reader = reader;
    this.format = format;
    this.csv = format.type() == FormatType.CSV ? new CsvReader(reader, format) : null;
    this.json = format.type() == FormatType.JSON ? new JsonStreamParser(reader) : null;
  }

  /** Opens a file and reads its header. */
  static RecordSource open(StagedFile file, FileFormat format) throws IOException {
    RecordSource source = new RecordSource(StagedReader.open(file, format), format);
    CsvReader csv = source.csv;
    if (csv != null) {
      boolean opened = false;
      try {
        for (int i = 0; i < format.skipHeader(); i++) {
          if (csv.next() == null) {
            break;
          }
        }
        CsvReader.Row names = format.flag("PARSE_HEADER") ? csv.next() : null;
        if (names != null) {
          names.fields().forEach(name -> source.header.add(name == null ? "" : name));
        }
        opened = true;
      } finally {
        if (!opened) {
          source.close();
        }
      }
    }
    return source;
  }

  /** Returns the names in the first record with PARSE_HEADER; else nothing. */
  List<String> header() {
    return Collections.unmodifiableList(header);
  }

  /** Reads the next record, or null at the end. */
  @Nullable Entry next() throws IOException {
    CsvReader rows = csv;
    if (rows != null) {
      CsvReader.Row row = rows.next();
      return row == null ? null : new Entry(row.fields(), null, row.line(), row.positions());
    }
    JsonElement element = nextElement();
    if (element == null) {
      return null;
    }
    List<@Nullable String> fields = new ArrayList<>();
    fields.add(element.toString());
    return new Entry(fields, element, 1, List.of(1));
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private @Nullable JsonElement nextElement() {
    JsonStreamParser parser = json;
    if (parser == null) {
      return null;
    }
    try {
      while (elements.isEmpty()) {
        if (!parser.hasNext()) {
          return null;
        }
        JsonElement element = parser.next();
        if (format.flag("STRIP_OUTER_ARRAY") && element instanceof JsonArray array) {
          array.forEach(elements::add);
        } else {
          elements.add(element);
        }
      }
    } catch (JsonParseException e) {
      throw SqlError.of("100069", "22P02", "Error parsing JSON: " + e.getMessage(), e);
    }
    JsonElement element = elements.removeFirst();
    if (format.flag("STRIP_NULL_VALUES")) {
      stripNulls(element);
    }
    return element;
  }

  private static void stripNulls(JsonElement element) {
    if (element instanceof JsonObject object) {
      object.entrySet().removeIf(entry -> entry.getValue().isJsonNull());
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        stripNulls(entry.getValue());
      }
    } else if (element instanceof JsonArray array) {
      array.forEach(RecordSource::stripNulls);
    }
  }
}
