package io.refract.train.data;

import java.util.Arrays;
import java.util.Random;

/**
 * Which examples go into which row of which batch, in flat arrays, because an epoch may have
 * millions of rows.
 *
 * <p>Immutable once built; to be built by one thread.
 */
final class BatchPlan {

  private final int[] examples; // in the order of rows and batches
  private final int[] rowEnds; // end of each row in examples
  private int[] batchEnds; // end of each batch in rowEnds
  private int[] order = {}; // the batch at each position, once they are shuffled
  private int usedExamples;
  private int rows;
  private int batches;

  /** Starts a plan for so many examples. */
  BatchPlan(int size) {
    examples = new int[size];
    rowEnds = new int[Math.max(1, size)];
    batchEnds = new int[16];
  }

  /** Adds an example to the row that is being filled. */
  void add(int example) {
    examples[usedExamples++] = example;
  }

  /** Ends the row that is being filled. */
  void endRow() {
    rowEnds[rows++] = usedExamples;
  }

  /** Ends the batch that is being filled. */
  void endBatch() {
    if (batches == batchEnds.length) {
      batchEnds = Arrays.copyOf(batchEnds, 2 * batches);
    }
    batchEnds[batches++] = rows;
  }

  int batches() {
    return batches;
  }

  /** Shuffles the batches, but puts the one of the given number first. */
  void shuffleBatches(Random random, int first) {
    order = Permutation.of(batches, random);
    for (int position = 0; position < batches; position++) {
      if (order[position] == first) {
        order[position] = order[0];
        order[0] = first;
        break;
      }
    }
  }

  private int at(int position) {
    return order.length == 0 ? position : order[position];
  }

  /** Returns the number of rows of the batch at a position. */
  int rows(int batch) {
    return batchEnds[at(batch)] - firstRow(at(batch));
  }

  /** Returns the examples of one row of a batch. */
  int[] row(int batch, int row) {
    int number = firstRow(at(batch)) + row;
    return Arrays.copyOfRange(examples, number == 0 ? 0 : rowEnds[number - 1], rowEnds[number]);
  }

  /** Returns the examples of a batch, row by row. */
  int[] examples(int batch) {
    int first = firstRow(at(batch));
    return Arrays.copyOfRange(
        examples, first == 0 ? 0 : rowEnds[first - 1], rowEnds[batchEnds[at(batch)] - 1]);
  }

  private int firstRow(int batch) {
    return batch == 0 ? 0 : batchEnds[batch - 1];
  }
}
