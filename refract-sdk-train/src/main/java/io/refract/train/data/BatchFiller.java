package io.refract.train.data;

import java.util.ArrayList;
import java.util.List;

/** Cuts examples into rows and batches, one mega-batch after the other. */
final class BatchFiller {

  /** Open rows that a packed example is tried on; more would gain little and cost much. */
  private static final int OPEN_ROWS = 64;

  private final EncodedExamples data;
  private final Batching batching;
  private final BatchPlan plan;
  private int rows;
  private int sourceLength;
  private int targetLength;
  private int longestSource = -1;
  private int longestBatch;

  /** A row that several examples share while it is being filled. */
  private static final class Row {
    private final List<Integer> examples = new ArrayList<>();
    private int sourceTokens;
    private int targetTokens;
  }

  BatchFiller(EncodedExamples data, Batching batching) {
    this.data = data;
    this.batching = batching;
    this.plan = new BatchPlan(data.size());
  }

  /** Adds examples; batches go on over the end of them. */
  void add(Integer[] examples) {
    if (batching.packing()) {
      pack(examples).forEach(this::add);
    } else {
      for (Integer example : examples) {
        open(data.sourceTokens(example), data.targetTokens(example));
        plan.add(example);
        plan.endRow();
      }
    }
  }

  private void add(Row row) {
    open(row.sourceTokens, row.targetTokens);
    row.examples.forEach(plan::add);
    plan.endRow();
  }

  /** Makes room for one more row, if need be by ending the batch. */
  private void open(int source, int target) {
    if (rows > 0 && !fits(source, target)) {
      endBatch();
    }
    rows++;
    sourceLength = Math.max(sourceLength, source);
    targetLength = Math.max(targetLength, target);
    if (source > longestSource) {
      longestSource = source;
      longestBatch = plan.batches();
    }
  }

  private boolean fits(int source, int target) {
    if (batching.tokenBudget().isEmpty()) {
      return rows < batching.batchSize();
    }
    long width = Math.max(sourceLength, source) + (long) Math.max(targetLength, target);
    return (rows + 1) * width <= batching.tokenBudget().getAsInt();
  }

  private void endBatch() {
    plan.endBatch();
    rows = 0;
    sourceLength = 0;
    targetLength = 0;
  }

  /**
   * Puts each example into the first open row with room; of examples that are sorted by length this
   * is "first fit decreasing" (Johnson 1973). Rows keep the order in which they were opened.
   */
  private List<Row> pack(Integer[] examples) {
    List<Row> all = new ArrayList<>();
    for (Integer example : examples) {
      int source = data.sourceTokens(example);
      int target = data.targetTokens(example);
      Row row = null;
      for (int i = Math.max(0, all.size() - OPEN_ROWS); i < all.size() && row == null; i++) {
        Row open = all.get(i);
        if (open.sourceTokens + source <= data.maxSourceTokens()
            && open.targetTokens + target <= data.maxTargetTokens()) {
          row = open;
        }
      }
      if (row == null) {
        row = new Row();
        all.add(row);
      }
      row.examples.add(example);
      row.sourceTokens += source;
      row.targetTokens += target;
    }
    return all;
  }

  /** Ends the last batch and returns all of them. */
  BatchPlan plan() {
    if (rows > 0) {
      endBatch();
    }
    return plan;
  }

  /** Returns the number of the batch with the longest source row. */
  int longestBatch() {
    return longestBatch;
  }
}
