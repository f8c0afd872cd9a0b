package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Joiner;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values in the form of RFC 4180: the first row names the columns, a field in
 * double quotes may hold delimiters, line breaks and doubled quotes.
 *
 * <p>Skipped and counted are rows with more or fewer fields than the header and rows whose source
 * or target is blank. Blank lines are no rows. A quote that is never closed, or with text behind
 * its end, is an error: nobody can tell where the next row begins.
 */
public final class CsvReader extends TextFileReader<CsvReader> {

  private static final String OTHER_DELIMITERS = ";\t|,";

  private char delimiter = ',';

  CsvReader(Path file) {
    super(file);
  }

  /**
   * Sets the character between two fields; a comma unless set.
   *
   * @param value the character, neither a line break nor a double quote
   */
  public CsvReader delimiter(char value) {
    checkArgument(
        value != '\n' && value != '\r' && value != '"',
        "the delimiter must be neither a line break nor a double quote");
    delimiter = value;
    return this;
  }

  @Override
  CsvReader self() {
    return this;
  }

  @Override
  void read(Reader text, String sourceName, String targetName, RowCounter rows) throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).get();
    try (CSVParser parser = CSVParser.parse(text, format)) {
      Iterator<CSVRecord> records = parser.iterator();
      CSVRecord header = next(parser, records);
      while (header != null && isBlank(header)) {
        header = next(parser, records);
      }
      if (header == null) {
        throw unreadable("it is empty. Its first row must name the columns.");
      }
      int source = column(header, sourceName);
      int target = column(header, targetName);
      while (true) {
        long line = parser.getCurrentLineNumber() + 1;
        CSVRecord record = next(parser, records);
        if (record == null) {
          return;
        }
        if (isBlank(record)) {
          continue;
        }
        if (record.size() != header.size()) {
          rows.skip(
              line,
              "it has %s fields than the header, which has %d"
                  .formatted(record.size() < header.size() ? "fewer" : "more", header.size()));
        } else {
          rows.use(line, record.get(source), record.get(target));
        }
      }
    }
  }

  private @Nullable CSVRecord next(CSVParser parser, Iterator<CSVRecord> records) {
    long line = parser.getCurrentLineNumber() + 1;
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      throw unreadable(
          "the row that begins on line %d has a quote that is not closed, or text behind the closing quote (%s). Mend the quotes of that row; a quote inside a field is written twice."
              .formatted(line, e.getMessage()));
    }
  }

  private static boolean isBlank(CSVRecord record) {
    return record.size() == 1 && record.get(0).isBlank();
  }

  private int column(CSVRecord header, String name) {
    List<String> names = header.stream().map(String::strip).toList();
    List<Integer> found =
        IntStream.range(0, names.size())
            .filter(i -> names.get(i).equals(name.strip()))
            .boxed()
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.size() > 1) {
      throw unreadable(
          "its header names the column %s %d times. Rename all but one."
              .formatted(name, found.size()));
    }
    String hint =
        names.size() == 1
            ? OTHER_DELIMITERS
                .chars()
                .filter(other -> other != delimiter && names.get(0).indexOf(other) >= 0)
                .mapToObj(
                    other ->
                        " The header looks separated by %s: set delimiter('%s')."
                            .formatted(
                                other == '\t' ? "tabs" : "'" + (char) other + "'",
                                other == '\t' ? "\\t" : (char) other))
                .findFirst()
                .orElse("")
            : "";
    throw unreadable(
        "it has no column %s. Its columns are: %s.%s"
            .formatted(name, Joiner.on(", ").join(names), hint));
  }
}
