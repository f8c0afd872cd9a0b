package io.refract.train.callback;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma-separated values; a new name makes a new column, for which the file is written anew. */
final class CsvRows extends RowFile {

  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private static final List<String> FIRST_COLUMNS =
      List.of(
          "event",
          "step",
          "epoch",
          "loss",
          "gradient_norm",
          "learning_rate",
          "tokens_per_second",
          "seconds");

  private final Set<String> columns = new LinkedHashSet<>(FIRST_COLUMNS);

  CsvRows(Path path) {
    super(path);
  }

  @Override
  void begin() throws IOException {
    columns.clear();
    columns.addAll(FIRST_COLUMNS);
    append(line(columns));
  }

  @Override
  void add(Map<String, Object> row) throws IOException {
    if (!columns.containsAll(row.keySet())) {
      List<Map<String, String>> rows = read(Files.readString(path(), StandardCharsets.UTF_8));
      columns.addAll(row.keySet());
      rewrite(rows);
    }
    append(line(columns.stream().map(column -> row.getOrDefault(column, "")).toList()));
  }

  private static String line(Collection<?> values) {
    return FORMAT.format(values.toArray()) + "\n";
  }

  @Override
  List<Map<String, String>> read(String text) throws IOException {
    String complete = text.substring(0, text.lastIndexOf('\n') + 1);
    List<Map<String, String>> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(complete, FORMAT)) {
      List<String> names = List.of();
      for (CSVRecord record : parser) {
        if (names.isEmpty()) {
          names = record.toList();
          checkNames(names);
        } else {
          rows.add(row(names, record));
        }
      }
      columns.clear();
      columns.addAll(names.isEmpty() ? FIRST_COLUMNS : names);
    }
    return rows;
  }

  private static void checkNames(List<String> names) throws IOException {
    if (!names.containsAll(FIRST_COLUMNS)) {
      throw new IOException("its columns " + names + " are not those of a metric log");
    }
  }

  private static Map<String, String> row(List<String> names, CSVRecord record) {
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(names.size(), record.size()); i++) {
      row.put(names.get(i), record.get(i));
    }
    return row;
  }

  @Override
  String text(List<Map<String, String>> rows) {
    StringBuilder text = new StringBuilder(line(columns));
    for (Map<String, String> row : rows) {
      text.append(line(columns.stream().map(column -> row.getOrDefault(column, "")).toList()));
    }
    return text.toString();
  }
}
