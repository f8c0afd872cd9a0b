package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of delimited fields by the rules of Snowflake's CSV file format.
 *
 * <p>Source: Snowflake documentation, "CREATE FILE FORMAT", format type options of CSV.
 */
final class CsvReader implements AutoCloseable {

  private static final int END = -1;
  private static final int LOOK_AHEAD = 64;

  /**
   * One record.
   *
   * @param fields the fields; null is NULL
   * @param line the line, from 1, where it starts
   * @param positions the character, from 1, where each field starts in its line
   */
  record Row(List<@Nullable String> fields, long line, List<Integer> positions) {}

  private final PushbackReader in;
  private final String delimiter;
  private final String recordDelimiter;
  private final boolean anyNewLine;
  private final int quote;
  private final int escape;
  private final int unenclosedEscape;
  private final boolean trim;
  private final boolean emptyIsNull;
  private final boolean skipBlank;
  private final List<String> nullTexts;
  private long line = 1;
  private int character = 1;

  CsvReader(Reader reader, FileFormat format) {
    this.in = new PushbackReader(reader, LOOK_AHEAD);
    String fieldDelimiter = format.optional("FIELD_DELIMITER");
    this.delimiter = fieldDelimiter == null ? "" : fieldDelimiter;
    String end = format.optional("RECORD_DELIMITER");
    this.recordDelimiter = end == null ? "" : end;
    this.anyNewLine = recordDelimiter.equals("\n") || recordDelimiter.equals("\r\n");
    this.quote = character(format.optional("FIELD_OPTIONALLY_ENCLOSED_BY"));
    this.escape = character(format.optional("ESCAPE"));
    int unenclosed = character(format.optional("ESCAPE_UNENCLOSED_FIELD"));
    // ESCAPE holds for both kinds of fields and overrides ESCAPE_UNENCLOSED_FIELD.
    this.unenclosedEscape = escape == END ? unenclosed : escape;
    this.trim = format.flag("TRIM_SPACE");
    this.emptyIsNull = format.flag("EMPTY_FIELD_AS_NULL");
    this.skipBlank = format.flag("SKIP_BLANK_LINES");
    this.nullTexts = format.nullIf();
  }

  /** Reads the next record, or null at the end. */
  @Nullable Row next() throws IOException {
    while (true) {
      int first = read();
      if (first == END) {
        return null;
      }
      unread(first);
      Row row = row();
      boolean blank = row.fields().size() == 1 && row.fields().get(0) == null;
      if (!(blank && skipBlank)) {
        return row;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private Row row() throws IOException {
    List<@Nullable String> fields = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    long start = line;
    while (true) {
      positions.add(character);
      boolean more = field(fields);
      if (!more) {
        return new Row(fields, start, positions);
      }
    }
  }

  /** Reads one field and what ends it; tells whether another one follows. */
  private boolean field(List<@Nullable String> fields) throws IOException {
    if (trim) {
      skipSpaces();
    }
    int c = read();
    if (quote != END && c == quote) {
      return enclosed(fields);
    }
    unread(c);
    StringBuilder raw = new StringBuilder();
    StringBuilder text = new StringBuilder();
    while (true) {
      c = read();
      if (c == END) {
        add(fields, raw, text);
        return false;
      }
      if (c == unenclosedEscape) {
        int escaped = read();
        raw.append((char) c);
        if (escaped == END) {
          text.append((char) c);
        } else {
          raw.append((char) escaped);
          text.append(unescape(escaped));
        }
      } else if (follows(c, delimiter)) {
        add(fields, raw, text);
        return true;
      } else if (endsRecord(c)) {
        add(fields, raw, text);
        return false;
      } else {
        raw.append((char) c);
        text.append((char) c);
      }
    }
  }

  private boolean enclosed(List<@Nullable String> fields) throws IOException {
    StringBuilder text = new StringBuilder();
    while (true) {
      int c = read();
      if (c == END) {
        throw SqlError.of(
            "100065", "22000", "Found end of file inside of a field enclosed in quotes");
      }
      if (c == escape) {
        int escaped = read();
        text.append(escaped == END ? "" : unescape(escaped));
      } else if (c == quote) {
        int after = read();
        if (after != quote) {
          unread(after);
          break;
        }
        text.append((char) quote);
      } else {
        text.append((char) c);
      }
    }
    if (trim) {
      skipSpaces();
    }
    String value = text.toString();
    fields.add(nullTexts.contains(value) ? null : value);
    int c = read();
    if (c == END || endsRecord(c)) {
      return false;
    }
    if (follows(c, delimiter)) {
      return true;
    }
    throw SqlError.of(
        "100066",
        "22000",
        "Found character '" + (char) c + "' instead of field delimiter '" + delimiter + "'");
  }

  private void add(List<@Nullable String> fields, StringBuilder raw, StringBuilder text) {
    String written = trim ? raw.toString().stripTrailing() : raw.toString();
    String value = trim ? text.toString().stripTrailing() : text.toString();
    boolean isNull =
        (emptyIsNull && written.isEmpty())
            || nullTexts.contains(written)
            || nullTexts.contains(value);
    fields.add(isNull ? null : value);
  }

  private boolean endsRecord(int c) throws IOException {
    if (anyNewLine) {
      if (c == '\r') {
        int after = read();
        if (after != '\n') {
          unread(after);
        }
        return true;
      }
      return c == '\n';
    }
    return follows(c, recordDelimiter);
  }

  /** Tells whether a character just read starts a text; reads the rest of it when it does. */
  private boolean follows(int c, String expected) throws IOException {
    if (expected.isEmpty() || c != expected.charAt(0)) {
      return false;
    }
    for (int i = 1; i < expected.length(); i++) {
      int next = read();
      if (next != expected.charAt(i)) {
        unread(next);
        for (int back = i - 1; back > 0; back--) {
          unread(expected.charAt(back));
        }
        return false;
      }
    }
    return true;
  }

  private void skipSpaces() throws IOException {
    int c = read();
    while (c == ' ' || (c == '\t' && !delimiter.equals("\t"))) {
      c = read();
    }
    unread(c);
  }

  private int read() throws IOException {
    int c = in.read();
    if (c == '\n') {
      line++;
      character = 1;
    } else {
      character++;
    }
    return c;
  }

  private void unread(int c) throws IOException {
    if (c == END) {
      return;
    }
    in.unread(c);
    if (c == '\n') {
      line--;
    }
    character = Math.max(1, character - 1);
  }

  private static char unescape(int c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '0' -> '\0';
      default -> (char) c;
    };
  }

  private static int character(@Nullable String text) {
    return text == null ? END : text.charAt(0);
  }
}
