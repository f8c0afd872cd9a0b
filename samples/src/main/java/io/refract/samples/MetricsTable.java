package io.refract.samples;

import java.util.Locale;
import java.util.Map;

/** Prints metrics before and after training side by side. */
final class MetricsTable {

  private MetricsTable() {}

  /** Returns the table; a metric that one side lacks shows a dash there. */
  static String of(Map<String, Double> before, Map<String, Double> after) {
    StringBuilder table = new StringBuilder();
    table.append(String.format(Locale.ROOT, "  %-14s %10s %10s%n", "metric", "before", "after"));
    for (String name : after.keySet()) {
      table.append(
          String.format(
              Locale.ROOT, "  %-14s %10s %10s%n", name, cell(before, name), cell(after, name)));
    }
    return table.toString();
  }

  private static String cell(Map<String, Double> metrics, String name) {
    Double value = metrics.get(name);
    return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
