package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.math.IntMath;
import io.refract.train.data.EncodedExamples.Encoded;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes batches of examples of like length, so that little of a batch is padding.
 *
 * <p>The same data, batching, seed and epoch give the same batches on every machine. Immutable and
 * thread-safe.
 */
public final class BatchLoader {

  private final EncodedExamples data;
  private final Batching batching;
  private final long seed;
  private final Collator collator;

  private BatchLoader(EncodedExamples data, Batching batching, long seed) {
    this.data = requireNonNull(data, "data");
    this.batching = requireNonNull(batching, "batching");
    this.seed = seed;
    this.collator = Collator.paddingWith(data.padTokenId());
  }

  /**
   * Returns a loader.
   *
   * @param data the encoded examples
   * @param batching rows, token budget and packing of the batches
   * @param seed the seed of the order
   */
  public static BatchLoader of(EncodedExamples data, Batching batching, long seed) {
    return new BatchLoader(data, batching, seed);
  }

  /**
   * Returns the number of batches of a training epoch. With a token budget or packing it differs a
   * little from epoch to epoch, and the epoch is planned to find it out.
   *
   * @param epoch the epoch from 0
   */
  public int batches(int epoch) {
    boolean bySize = batching.tokenBudget().isEmpty() && !batching.packing();
    return bySize
        ? IntMath.divide(data.size(), batching.batchSize(), RoundingMode.CEILING)
        : new BatchOrder(data.epoch(epoch), batching).training(seed, epoch).batches();
  }

  /**
   * Starts an epoch of training: every example once, in a new order each epoch.
   *
   * @param epoch the epoch from 0
   */
  public BatchStream epoch(int epoch) {
    return epoch(epoch, 0);
  }

  /**
   * Starts an epoch in its middle, as a resumed training does.
   *
   * @param epoch the epoch from 0
   * @param firstBatch the number of batches to leave out
   */
  public BatchStream epoch(int epoch, int firstBatch) {
    checkArgument(epoch >= 0, "epoch must not be negative but was %s", epoch);
    BatchPlan plan = new BatchOrder(data.epoch(epoch), batching).training(seed, epoch);
    checkArgument(
        firstBatch >= 0 && firstBatch <= plan.batches(),
        "first batch must lie between 0 and %s but was %s",
        plan.batches(),
        firstBatch);
    return stream(plan, firstBatch, epoch);
  }

  /**
   * Starts an evaluation: every example once, longest first, one to a row. {@link
   * LoadedBatch#examples} tells where each row's prediction belongs.
   */
  public BatchStream evaluation() {
    return stream(new BatchOrder(data, batching).evaluation(), 0, 0);
  }

  private BatchStream stream(BatchPlan plan, int firstBatch, int epoch) {
    EncodedExamples examples = data.epoch(epoch);
    return new BatchStream(
        plan.batches(), firstBatch, number -> load(examples, plan, number, epoch));
  }

  private LoadedBatch load(EncodedExamples examples, BatchPlan plan, int number, int epoch) {
    List<List<Encoded>> rows =
        IntStream.range(0, plan.rows(number))
            .mapToObj(
                row ->
                    Arrays.stream(plan.row(number, row))
                        .mapToObj(example -> examples.example(example, epoch))
                        .toList())
            .toList();
    return new LoadedBatch(number, plan.examples(number), collator.collate(rows));
  }
}
