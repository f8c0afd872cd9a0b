package io.refract.train.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/** Which examples go into which batch. */
final class BatchOrder {

  /** The most batches of which the rows are sorted together, as in LengthGroupedSampler. */
  private static final int LARGEST_MEGA_BATCH = 50;

  /** Mixes the epoch into the seed: the golden ratio's fraction, as SplittableRandom uses it. */
  private static final long EPOCH_STEP = 0x9E3779B97F4A7C15L;

  private final EncodedExamples data;
  private final Batching batching;
  private final Comparator<Integer> longestFirst;

  BatchOrder(EncodedExamples data, Batching batching) {
    this.data = data;
    this.batching = batching;
    this.longestFirst = Comparator.<Integer>comparingInt(data::sourceTokens).reversed();
  }

  /**
   * Returns the batches of a training epoch. The examples are shuffled and cut into batches; where
   * they are grouped by length, into mega-batches first, which are sorted by source length (the
   * idea of {@code LengthGroupedSampler} in transformers). As there, sources of equal length stay
   * in random order: sorted by target length too, labels of a few tokens would meet their like in a
   * batch. The batch with the longest row comes first, so that memory that does not suffice shows
   * early; unlike there, the order of all other batches is shuffled again, so that an epoch does
   * not run from long to short texts over and over.
   */
  BatchPlan training(long seed, int epoch) {
    Random random = new Random(seed + epoch * EPOCH_STEP);
    int[] shuffled = Permutation.of(data.size(), random);
    int batchRows = typicalRows();
    int batches = Math.max(1, Math.min(shuffled.length / (4 * batchRows), LARGEST_MEGA_BATCH));
    BatchFiller filler = new BatchFiller(data, batching);
    for (int start = 0; start < shuffled.length; start += batches * batchRows) {
      Integer[] mega =
          Arrays.stream(shuffled, start, Math.min(shuffled.length, start + batches * batchRows))
              .boxed()
              .toArray(Integer[]::new);
      if (batching.groupsByLength()) {
        Arrays.sort(mega, longestFirst);
      }
      filler.add(mega);
    }
    BatchPlan plan = filler.plan();
    plan.shuffleBatches(random, filler.longestBatch());
    return plan;
  }

  /** With a token budget or packing a batch holds as many examples as the mean length says. */
  private int typicalRows() {
    if (batching.tokenBudget().isEmpty() && !batching.packing()) {
      return Math.max(1, Math.min(batching.batchSize(), data.size()));
    }
    long tokens = 0;
    for (int example = 0; example < data.size(); example++) {
      tokens += data.sourceTokens(example) + data.targetTokens(example);
    }
    double mean = Math.max(1.0, tokens / (double) Math.max(1, data.size()));
    double capacity = data.maxSourceTokens() + data.maxTargetTokens();
    double budget = batching.tokenBudget().orElse(0);
    double rows = budget > 0 ? budget / mean : batching.batchSize() * capacity / mean;
    return (int) Math.max(1, Math.min(rows, data.size()));
  }

  /** Returns the batches of an evaluation: each example once, longest first. */
  BatchPlan evaluation() {
    Batching plain = batching.withPacking(false);
    BatchFiller filler = new BatchFiller(data, plain);
    // Primitive keys: an evaluation may have millions of examples, which are all sorted at once.
    long[] keys = new long[data.size()];
    for (int example = 0; example < keys.length; example++) {
      long length =
          (long) capped(data.sourceTokens(example)) << 16 | capped(data.targetTokens(example));
      keys[example] = (0xFFFFFFFFL - length) << 31 | example;
    }
    Arrays.sort(keys);
    Integer[] one = new Integer[1];
    for (long key : keys) {
      one[0] = (int) (key & Integer.MAX_VALUE);
      filler.add(one);
    }
    return filler.plan();
  }

  private static int capped(int tokens) {
    return Math.min(tokens, 0xFFFF);
  }
}
