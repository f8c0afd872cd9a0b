package io.refract.train.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a model will see of a data set: rows, lengths in tokens, and what is lost.
 *
 * @param name the data as a person knows them, and which part of them this is
 * @param rowsRead rows of the source, before any split
 * @param rowsUsed rows of this part that are examples
 * @param emptyCells rows of the source that were left out because a cell is empty or null
 * @param duplicates used rows that repeat an earlier row's source and target
 * @param conflicts used rows that repeat an earlier row's source with another target
 * @param sourceTokens lengths of the sources, task prefix included
 * @param targetTokens lengths of the targets
 * @param maxSourceTokens the length to which sources are cut
 * @param maxTargetTokens the length to which targets are cut
 * @param truncatedSources sources that are cut
 * @param truncatedTargets targets that are cut
 * @param rowsWithUnknownTokens rows with a character that the vocabulary lacks
 * @param unknownTexts the 20 characters that most often become the unknown token, with their counts
 *     in the first 10,000 such rows, most frequent first
 * @param leakedRows rows whose source also stands in the training data; 0 for those themselves
 */
public record DataProfile(
    String name,
    long rowsRead,
    long rowsUsed,
    long emptyCells,
    long duplicates,
    long conflicts,
    LengthHistogram sourceTokens,
    LengthHistogram targetTokens,
    int maxSourceTokens,
    int maxTargetTokens,
    long truncatedSources,
    long truncatedTargets,
    long rowsWithUnknownTokens,
    Map<String, Long> unknownTexts,
    long leakedRows) {

  /** Copies the map, in its order. */
  public DataProfile {
    unknownTexts = Collections.unmodifiableMap(new LinkedHashMap<>(unknownTexts));
  }

  /** Returns the profile in plain words, as one reads it before a training. */
  @Override
  public String toString() {
    return text(LengthHistogram::toString);
  }

  /** Returns the same without the histograms, for a log. */
  public String summary() {
    return text(LengthHistogram::summary);
  }

  private String text(Function<LengthHistogram, String> lengths) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d examples, of %,d rows of the source, %,d of them with an empty cell",
            name,
            rowsUsed,
            rowsRead,
            emptyCells));
    lines.add("sources: " + lengths.apply(sourceTokens));
    lines.add("  " + cut(truncatedSources, maxSourceTokens));
    lines.add("targets: " + lengths.apply(targetTokens));
    lines.add("  " + cut(truncatedTargets, maxTargetTokens));
    addUnlessZero(lines, duplicates, "repeat the source and target of an earlier one");
    addUnlessZero(lines, conflicts, "repeat the source of an earlier one with another target");
    addUnlessZero(lines, rowsWithUnknownTokens, "hold characters that the vocabulary lacks");
    if (!unknownTexts.isEmpty()) {
      lines.add(
          unknownTexts.entrySet().stream()
              .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
              .collect(Collectors.joining(", ", "  most often ", "")));
    }
    addUnlessZero(lines, leakedRows, "have a source that also stands in the training data");
    return String.join("\n", lines);
  }

  private String cut(long count, int max) {
    return count == 0
        ? String.format(Locale.ROOT, "none is longer than %,d tokens", max)
        : String.format(Locale.ROOT, "%s are cut to %,d tokens", share(count), max);
  }

  private void addUnlessZero(List<String> lines, long count, String what) {
    if (count > 0) {
      lines.add(share(count) + " of the examples " + what);
    }
  }

  private String share(long count) {
    return String.format(Locale.ROOT, "%,d (%.1f %%)", count, 100.0 * count / rowsUsed);
  }
}
