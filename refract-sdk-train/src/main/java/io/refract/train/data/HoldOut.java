package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.CharMatcher;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Chooses the rows that are held out, all rows of one source text together.
 *
 * <p>Sources that differ only in white space, or in the Unicode form of a letter, are the same
 * text: the tokenizer gives them the same ids.
 */
final class HoldOut {

  private HoldOut() {}

  /**
   * Returns the rows to hold out: whole groups in a seeded order, until at least {@code fraction}
   * of the rows are chosen. {@link Random} is specified to the bit, so every JVM chooses the same.
   */
  static BitSet choose(List<Example> examples, double fraction, long seed) {
    checkArgument(
        fraction > 0 && fraction < 1, "fraction must lie between 0 and 1 but was %s", fraction);
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < examples.size(); row++) {
      groups
          .computeIfAbsent(normalized(examples.get(row).source()), key -> new ArrayList<>(1))
          .add(row);
    }
    if (groups.size() < 2) {
      throw new DataException(
          "Cannot hold out %s of %s rows: they have %s source text%s in all, and a text must stay on one side. Give more data."
              .formatted(fraction, examples.size(), groups.size(), groups.size() == 1 ? "" : "s"));
    }
    List<List<Integer>> order = new ArrayList<>(groups.values());
    Collections.shuffle(order, new Random(seed));
    long wanted = Math.max(1, Math.round(examples.size() * fraction));
    BitSet chosen = new BitSet(examples.size());
    // The last group always stays, so that neither side is empty.
    for (List<Integer> rows : order.subList(0, order.size() - 1)) {
      if (chosen.cardinality() >= wanted) {
        break;
      }
      rows.forEach(chosen::set);
    }
    return chosen;
  }

  private static String normalized(String text) {
    return CharMatcher.whitespace()
        .trimAndCollapseFrom(Normalizer.normalize(text, Normalizer.Form.NFKC), ' ');
  }
}
