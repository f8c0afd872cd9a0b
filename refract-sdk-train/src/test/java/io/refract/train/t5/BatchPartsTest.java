package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.data.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchPartsTest {

  /** Rows of the given lengths, whose ids and labels are their places from 1 on. */
  private static Batch batch(int[] sources, int[] targets) {
    int rows = sources.length;
    int width = Arrays.stream(sources).max().orElseThrow();
    int height = Arrays.stream(targets).max().orElseThrow();
    long[] ids = new long[rows * width];
    long[] mask = new long[rows * width];
    long[] labels = new long[rows * height];
    Arrays.fill(labels, Batch.IGNORED);
    for (int row = 0; row < rows; row++) {
      Arrays.fill(ids, row * width, row * width + sources[row], row + 1);
      Arrays.fill(mask, row * width, row * width + sources[row], 1);
      Arrays.fill(labels, row * height, row * height + targets[row], row + 1);
    }
    int tokens = Arrays.stream(targets).sum();
    return new Batch(rows, width, height, ids, mask, labels, tokens);
  }

  private static long size(Batch part) {
    return (long) part.rows() * (part.sourceLength() + part.targetLength());
  }

  private static List<Long> rows(List<Batch> parts) {
    List<Long> rows = new ArrayList<>();
    for (Batch part : parts) {
      for (int row = 0; row < part.rows(); row++) {
        rows.add(part.inputIds()[row * part.sourceLength()]);
        assertThat(part.labels()[row * part.targetLength()])
            .isEqualTo(part.inputIds()[row * part.sourceLength()]);
      }
    }
    return rows;
  }

  @Test
  void every_row_is_in_one_part_and_the_larger_of_two_is_as_small_as_can_be() {
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      int count = 2 + random.nextInt(9);
      int[] sources = random.ints(count, 1, 30).toArray();
      int[] targets = random.ints(count, 1, 30).toArray();
      Batch batch = batch(sources, targets);
      for (int wanted : new int[] {2, 3, 16}) {
        List<Batch> parts = BatchParts.of(batch, wanted);
        assertThat(parts).hasSizeLessThanOrEqualTo(Math.min(wanted, count));
        assertThat(rows(parts)).containsExactlyInAnyOrderElementsOf(rows(List.of(batch)));
        assertThat(parts.stream().mapToInt(Batch::targetTokens).sum())
            .isEqualTo(batch.targetTokens());
        assertThat(parts.stream().mapToInt(Batch::sourceTokens).sum())
            .isEqualTo(batch.sourceTokens());
        if (wanted == 2) {
          assertThat(parts.stream().mapToLong(BatchPartsTest::size).max().orElseThrow())
              .isEqualTo(leastOfTwo(sources, targets));
        }
      }
    }
  }

  /** Tries every place to cut the rows at, the longest first. */
  private static long leastOfTwo(int[] sources, int[] targets) {
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < sources.length; row++) {
      order.add(row);
    }
    order.sort((a, b) -> Integer.compare(sources[b] + targets[b], sources[a] + targets[a]));
    long least = Long.MAX_VALUE;
    for (int cut = 1; cut <= order.size(); cut++) {
      long first = size(order.subList(0, cut), sources, targets);
      long second = size(order.subList(cut, order.size()), sources, targets);
      least = Math.min(least, Math.max(first, second));
    }
    return least;
  }

  private static long size(List<Integer> rows, int[] sources, int[] targets) {
    int source = rows.stream().mapToInt(row -> sources[row]).max().orElse(0);
    int target = rows.stream().mapToInt(row -> targets[row]).max().orElse(0);
    return (long) rows.size() * (source + target);
  }

  @Test
  void the_longest_source_and_the_longest_target_in_different_rows_make_no_more_parts() {
    Batch batch = batch(new int[] {10, 1, 10}, new int[] {1, 10, 1});
    assertThat(BatchParts.of(batch, 2)).hasSize(2);
  }

  @Test
  void a_batch_with_a_part_without_labels_stays_whole() {
    Batch batch =
        new Batch(2, 1, 1, new long[] {5, 6}, new long[] {1, 1}, new long[] {7, Batch.IGNORED}, 1);
    assertThat(BatchParts.of(batch, 2)).containsExactly(batch);
  }
}
