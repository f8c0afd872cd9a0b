package io.refract.train.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects examples, and counts the rows that become none. */
final class RowCounter {

  private static final class Reason {
    private long rows;
    private final List<Long> lines = new ArrayList<>();
  }

  private final String name;
  private final List<String> remarks = new ArrayList<>();
  private final Map<String, Reason> reasons = new LinkedHashMap<>();
  private final List<Example> examples = new ArrayList<>();
  private long read;

  RowCounter(String name) {
    this.name = name;
  }

  void remark(String remark) {
    remarks.add(remark);
  }

  /** Takes a row that can be used, unless one of its texts is blank. */
  void use(long line, String source, String target) {
    if (source.isBlank()) {
      skip(line, "the source is empty");
    } else if (target.isBlank()) {
      skip(line, "the target is empty");
    } else {
      read++;
      examples.add(new Example(source, target));
    }
  }

  void skip(long line, String reason) {
    read++;
    Reason entry = reasons.computeIfAbsent(reason, key -> new Reason());
    entry.rows++;
    if (entry.lines.size() < DataReport.KEPT_LINES) {
      entry.lines.add(line);
    }
  }

  List<Example> examples() {
    return examples;
  }

  DataReport report() {
    Map<String, DataReport.Skipped> skipped = new LinkedHashMap<>();
    reasons.forEach(
        (reason, entry) -> skipped.put(reason, new DataReport.Skipped(entry.rows, entry.lines)));
    Map<String, String> firstTargets = new HashMap<>();
    long duplicates = 0;
    long conflicts = 0;
    for (Example example : examples) {
      String earlier = firstTargets.putIfAbsent(example.source(), example.target());
      if (earlier != null) {
        if (earlier.equals(example.target())) {
          duplicates++;
        } else {
          conflicts++;
        }
      }
    }
    return new DataReport(name, read, examples.size(), skipped, duplicates, conflicts, remarks);
  }
}
