package io.refract.train.data;

import com.google.common.base.CharMatcher;
import io.refract.train.data.internal.RowIndex;
import java.text.Normalizer;
import java.util.List;

/**
 * How often examples repeat earlier ones. No text is kept: an index of up to 22 bytes a row is held
 * for as long as the counting takes.
 *
 * @param duplicates how many repeat an earlier source and its target exactly
 * @param conflicts how many repeat an earlier source with another target
 */
record Repetitions(long duplicates, long conflicts) {

  static Repetitions of(List<Example> examples) {
    RowIndex sources = new RowIndex(examples.size(), row -> examples.get(row).source());
    long duplicates = 0;
    long conflicts = 0;
    for (int row = 0; row < examples.size(); row++) {
      Example example = examples.get(row);
      int earlier = sources.findOrAdd(example.source(), row);
      if (earlier != RowIndex.NONE) {
        if (examples.get(earlier).target().equals(example.target())) {
          duplicates++;
        } else {
          conflicts++;
        }
      }
    }
    return new Repetitions(duplicates, conflicts);
  }

  /** Counts the rows whose source, but for white space and Unicode form, is in the other data. */
  static long leaked(List<Example> examples, List<Example> training) {
    RowIndex sources = new RowIndex(training.size(), row -> normalized(training.get(row).source()));
    for (int row = 0; row < training.size(); row++) {
      sources.findOrAdd(normalized(training.get(row).source()), row);
    }
    return examples.stream()
        .filter(example -> sources.find(normalized(example.source())) != RowIndex.NONE)
        .count();
  }

  /**
   * Sources that differ only in white space, or in the Unicode form of a letter, are the same text:
   * the tokenizer gives them the same ids.
   */
  static String normalized(String text) {
    return CharMatcher.whitespace()
        .trimAndCollapseFrom(Normalizer.normalize(text, Normalizer.Form.NFKC), ' ');
  }
}
