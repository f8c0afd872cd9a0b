package io.refract.train.data;

import io.refract.train.tokenization.T5Tokenizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the characters that become the unknown token. */
final class UnknownTexts {

  /** How many are reported. */
  private static final int REPORTED = 20;

  /** How many different characters are told apart, so that odd data cannot fill the memory. */
  private static final int KEPT = 10_000;

  /** In how many rows characters are looked for: each row is encoded a second time. */
  static final int ROWS_LOOKED_AT = 10_000;

  /** What a reader takes for one character, accents included. */
  private static final Pattern CHARACTER = Pattern.compile("\\X");

  private final T5Tokenizer tokenizer;
  private final Map<String, Long> counts = new HashMap<>();
  private long rows;

  UnknownTexts(T5Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  void add(String source, int[] sourceIds, String target, int[] targetIds) {
    boolean inSource = tokenizer.unknownTokens(sourceIds) > 0;
    boolean inTarget = tokenizer.unknownTokens(targetIds) > 0;
    if (!inSource && !inTarget) {
      return;
    }
    rows++;
    if (rows > ROWS_LOOKED_AT) {
      return;
    }
    if (inSource) {
      count(source);
    }
    if (inTarget) {
      count(target);
    }
  }

  private void count(String text) {
    for (String unknown : tokenizer.unknownTexts(text)) {
      Matcher characters = CHARACTER.matcher(unknown.strip());
      while (characters.find()) {
        String character = characters.group();
        if (counts.size() < KEPT || counts.containsKey(character)) {
          counts.merge(character, 1L, Long::sum);
        }
      }
    }
  }

  long rows() {
    return rows;
  }

  Map<String, Long> mostFrequent() {
    Map<String, Long> most = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(REPORTED)
        .forEachOrdered(entry -> most.put(entry.getKey(), entry.getValue()));
    return most;
  }
}
