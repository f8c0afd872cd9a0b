package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.train.data.internal.RowIndex;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * Chooses the rows that are held out, all rows of one source text together. Needs up to 30 bytes a
 * row while it runs; no text is kept.
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
    int size = examples.size();
    int[] groupOf = new int[size];
    int groups = group(examples, groupOf);
    if (groups < 2) {
      throw new DataException(
          "Cannot hold out %s of %s rows: they have %s source text%s in all, and a text must stay on one side. Give more data."
              .formatted(fraction, size, groups, groups == 1 ? "" : "s"));
    }
    int[] rowsOf = new int[groups];
    for (int group : groupOf) {
      rowsOf[group]++;
    }
    BitSet chosenGroups = chooseGroups(rowsOf, Math.max(1, Math.round(size * fraction)), seed);
    BitSet chosen = new BitSet(size);
    for (int row = 0; row < size; row++) {
      chosen.set(row, chosenGroups.get(groupOf[row]));
    }
    return chosen;
  }

  /** Numbers the texts in the order of their first rows and returns how many there are. */
  private static int group(List<Example> examples, int[] groupOf) {
    RowIndex texts =
        new RowIndex(examples.size(), row -> Repetitions.normalized(examples.get(row).source()));
    int groups = 0;
    for (int row = 0; row < groupOf.length; row++) {
      int first = texts.findOrAdd(Repetitions.normalized(examples.get(row).source()), row);
      groupOf[row] = first == RowIndex.NONE ? groups++ : groupOf[first];
    }
    return groups;
  }

  private static BitSet chooseGroups(int[] rowsOf, long wanted, long seed) {
    int[] order = Permutation.of(rowsOf.length, new Random(seed));
    BitSet chosen = new BitSet(rowsOf.length);
    long rows = 0;
    // The last group always stays, so that neither side is empty.
    for (int i = 0; i < order.length - 1 && rows < wanted; i++) {
      chosen.set(order[i]);
      rows += rowsOf[order[i]];
    }
    return chosen;
  }
}
