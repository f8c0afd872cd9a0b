package io.refract.train.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Cuts texts into words as {@code rouge_score} does and numbers the words, equal words with equal
 * numbers. One instance serves one pair of texts.
 */
final class RougeTokens {

  private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]+");

  /** Shorter words are not stemmed. */
  private static final int STEMMED_FROM = 4;

  private final boolean stemming;
  private final Map<String, Integer> numbers = new HashMap<>();

  RougeTokens(boolean stemming) {
    this.stemming = stemming;
  }

  /** Returns the words of a text. Letters beyond a to z separate words, as in the original. */
  int[] of(String text) {
    return NO_WORD
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .map(word -> stemming && word.length() >= STEMMED_FROM ? PorterStemmer.stem(word) : word)
        .mapToInt(word -> numbers.computeIfAbsent(word, key -> numbers.size()))
        .toArray();
  }

  /** Returns the words of each line of a text, empty lines left out. */
  List<int[]> ofLines(String text) {
    List<int[]> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (!line.isEmpty()) {
        lines.add(of(line));
      }
    }
    return lines;
  }

  /** Returns how many different words have been numbered. */
  int size() {
    return numbers.size();
  }
}
