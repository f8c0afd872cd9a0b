package io.refract.train.data;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Some of other examples, in an order of their own; each costs 4 bytes of heap. */
final class SelectedExamples extends AbstractList<Example> implements RandomAccess {

  private final List<Example> all;
  private final int[] rows;

  SelectedExamples(List<Example> all, int[] rows) {
    this.all = all;
    this.rows = rows;
  }

  @Override
  public Example get(int index) {
    return all.get(rows[index]);
  }

  @Override
  public int size() {
    return rows.length;
  }
}
