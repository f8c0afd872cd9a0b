package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.CharMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The targets of a classification. */
final class Labels {

  static final int LIMIT = 1_000;

  /** How many unknown labels a message lists, and how many rows of each. */
  private static final int SHOWN = 20;

  private static final int SHOWN_ROWS = 5;
  private static final int SHOWN_LENGTH = 80;

  /** A target that is no label. */
  private static final class Unknown {
    private long rows;
    private final List<Integer> first = new ArrayList<>();
  }

  private Labels() {}

  static Map<String, Long> of(Dataset data, int limit) {
    checkArgument(limit >= 1, "limit must be at least 1 but was %s", limit);
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Example example : data.examples()) {
      counts.merge(example.target(), 1L, Long::sum);
      if (counts.size() > limit) {
        throw new DataException(
            "Cannot list the labels of %s: its targets are more than %,d different texts, so this is not a classification. Check the target column, or allow more with labels(limit)."
                .formatted(data.provenance().name(), limit));
      }
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .forEachOrdered(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return Collections.unmodifiableMap(sorted);
  }

  static void require(Dataset data, Collection<String> allowed) {
    Set<String> labels = Set.copyOf(allowed);
    checkArgument(!labels.isEmpty(), "name at least 1 label");
    Map<String, Unknown> unknown = new LinkedHashMap<>();
    long rows = 0;
    int position = 0;
    for (Example example : data.examples()) {
      position++;
      if (!labels.contains(example.target())) {
        rows++;
        note(unknown, example.target(), position);
      }
    }
    if (rows > 0) {
      throw new DataException(message(data, rows, unknown, labels));
    }
  }

  /** Free texts in place of labels must not fill the memory. */
  private static void note(Map<String, Unknown> unknown, String target, int position) {
    Unknown entry = unknown.get(target);
    if (entry == null && unknown.size() < LIMIT) {
      entry = new Unknown();
      unknown.put(target, entry);
    }
    if (entry != null) {
      entry.rows++;
      if (entry.first.size() < SHOWN_ROWS) {
        entry.first.add(position);
      }
    }
  }

  private static String message(
      Dataset data, long rows, Map<String, Unknown> unknown, Set<String> labels) {
    Map<String, String> alike =
        labels.stream().sorted().collect(Collectors.toMap(Labels::folded, it -> it, (a, b) -> a));
    List<String> lines = new ArrayList<>();
    lines.add(
        "Cannot use %s as a classification: %,d of %,d examples have a target that is none of the %,d labels. Mend the targets or name them as labels."
            .formatted(data.provenance().name(), rows, data.size(), labels.size()));
    unknown.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> -entry.getValue().rows))
        .limit(SHOWN)
        .forEachOrdered(entry -> lines.add(line(entry.getKey(), entry.getValue(), alike)));
    if (unknown.size() > SHOWN) {
      lines.add(
          "  ... and %s%,d more"
              .formatted(unknown.size() < LIMIT ? "" : "at least ", unknown.size() - SHOWN));
    }
    return String.join("\n", lines);
  }

  private static String line(String target, Unknown found, Map<String, String> alike) {
    String label = alike.get(folded(target));
    return "  '%s': %,d example%s (%s%s)%s"
        .formatted(
            target.length() <= SHOWN_LENGTH ? target : target.substring(0, SHOWN_LENGTH) + "...",
            found.rows,
            found.rows == 1 ? "" : "s",
            found.first.stream().map(String::valueOf).collect(Collectors.joining(", ")),
            found.rows > found.first.size() ? ", ..." : "",
            label == null
                ? ""
                : "; differs from the label '%s' only by case or white space".formatted(label));
  }

  private static String folded(String text) {
    return CharMatcher.whitespace().trimAndCollapseFrom(text, ' ').toLowerCase(Locale.ROOT);
  }
}
