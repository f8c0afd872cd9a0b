package io.refract.train.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Which examples go into which batch. */
final class BatchOrder {

  /** The most batches of which the rows are sorted together, as in LengthGroupedSampler. */
  private static final int LARGEST_MEGA_BATCH = 50;

  /** Mixes the epoch into the seed: the golden ratio's fraction, as SplittableRandom uses it. */
  private static final long EPOCH_STEP = 0x9E3779B97F4A7C15L;

  private final EncodedDataset data;
  private final Comparator<Integer> longestFirst;

  BatchOrder(EncodedDataset data) {
    this.data = data;
    this.longestFirst =
        Comparator.<Integer>comparingInt(data::sourceTokens)
            .thenComparingInt(data::targetTokens)
            .reversed();
  }

  /**
   * Returns the batches of a training epoch. The rows are shuffled, cut into mega-batches, sorted
   * by length in each and cut into batches (the idea of {@code LengthGroupedSampler} in
   * transformers). The batch with the longest example comes first, so that memory that does not
   * suffice shows at once; unlike there, the order of all other batches is shuffled again, so that
   * an epoch does not run from long to short texts over and over.
   */
  List<int[]> training(int batchSize, long seed, int epoch) {
    Random random = new Random(seed + epoch * EPOCH_STEP);
    List<Integer> rows = all();
    Collections.shuffle(rows, random);
    int batches = Math.max(1, Math.min(rows.size() / (4 * batchSize), LARGEST_MEGA_BATCH));
    List<int[]> order = new ArrayList<>();
    for (int start = 0; start < rows.size(); start += batches * batchSize) {
      List<Integer> mega = rows.subList(start, Math.min(rows.size(), start + batches * batchSize));
      mega.sort(longestFirst);
      order.addAll(cut(mega, batchSize));
    }
    Collections.shuffle(order, random);
    Collections.swap(order, 0, longest(order));
    return order;
  }

  /** Returns the batches of an evaluation: each example once, longest first. */
  List<int[]> evaluation(int batchSize) {
    List<Integer> rows = all();
    rows.sort(longestFirst);
    return cut(rows, batchSize);
  }

  private List<Integer> all() {
    return new ArrayList<>(IntStream.range(0, data.size()).boxed().toList());
  }

  private static List<int[]> cut(List<Integer> rows, int batchSize) {
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < rows.size(); start += batchSize) {
      batches.add(
          rows.subList(start, Math.min(rows.size(), start + batchSize)).stream()
              .mapToInt(Integer::intValue)
              .toArray());
    }
    return batches;
  }

  /** Rows are sorted inside a batch, so its first row is its longest. */
  private int longest(List<int[]> order) {
    return IntStream.range(0, order.size())
        .boxed()
        .max(
            Comparator.comparingInt(
                batch -> Arrays.stream(order.get(batch)).map(data::sourceTokens).max().orElse(0)))
        .orElse(0);
  }
}
