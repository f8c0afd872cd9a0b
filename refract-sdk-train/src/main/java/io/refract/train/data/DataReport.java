package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of each row of a data set when it was read.
 *
 * @param name the path or name of the data, as a person knows it
 * @param rowsRead how many rows there were, the header not counted
 * @param rowsUsed how many became examples
 * @param skipped the rows that did not, by reason; their counts and {@code rowsUsed} add up to
 *     {@code rowsRead}
 * @param duplicates how many used rows repeat an earlier row's source and target exactly
 * @param conflicts how many used rows repeat an earlier row's source with another target
 * @param remarks what else a person should know, for example the encoding that was found
 */
public record DataReport(
    String name,
    long rowsRead,
    long rowsUsed,
    Map<String, Skipped> skipped,
    long duplicates,
    long conflicts,
    List<String> remarks) {

  /** How many line numbers of a reason are kept. */
  static final int KEPT_LINES = 5;

  /** How the reason of a row with a blank cell ends. */
  static final String EMPTY = " is empty";

  /** How the reason of a row with a missing value ends. */
  static final String NULL = " is null";

  /**
   * The rows that were skipped for one reason.
   *
   * @param rows how many
   * @param firstLines the lines that the first of them begin on, counted from 1
   */
  public record Skipped(long rows, List<Long> firstLines) {

    /** Copies the list. */
    public Skipped {
      firstLines = List.copyOf(firstLines);
    }

    @Override
    public String toString() {
      String lines = firstLines.stream().map(String::valueOf).collect(Collectors.joining(", "));
      return (rows == 1 ? "line " : "lines ") + lines + (rows > firstLines.size() ? ", ..." : "");
    }
  }

  /** Checks that no row is lost between the counts. */
  public DataReport {
    skipped = Collections.unmodifiableMap(new LinkedHashMap<>(skipped));
    remarks = List.copyOf(remarks);
    long sum = rowsUsed + skipped.values().stream().mapToLong(Skipped::rows).sum();
    checkArgument(
        sum == rowsRead, "%s rows were read but %s used or skipped in %s", rowsRead, sum, name);
  }

  /** Returns how many rows were left out. */
  public long rowsSkipped() {
    return rowsRead - rowsUsed;
  }

  /** Returns how many rows were left out because a cell of theirs is blank, or null. */
  public long emptyCells() {
    return skipped.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(EMPTY) || entry.getKey().endsWith(NULL))
        .mapToLong(entry -> entry.getValue().rows())
        .sum();
  }

  /** Returns the report in plain words, one fact per line. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s read, %d used, %d skipped"
            .formatted(name, rows(rowsRead), rowsUsed, rowsSkipped()));
    skipped.forEach(
        (reason, rows) ->
            lines.add("  %s skipped: %s (%s)".formatted(rows(rows.rows), reason, rows)));
    if (duplicates > 0) {
      lines.add("  %s the same source and target as an earlier row".formatted(have(duplicates)));
    }
    if (conflicts > 0) {
      lines.add("  %s the source of an earlier row but another target".formatted(have(conflicts)));
    }
    remarks.forEach(remark -> lines.add("  " + remark));
    return String.join("\n", lines);
  }

  private static String rows(long count) {
    return count == 1 ? "1 row" : count + " rows";
  }

  private static String have(long count) {
    return count == 1 ? "1 row has" : count + " rows have";
  }
}
