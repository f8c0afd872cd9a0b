package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * Makes batches of examples of like length, so that little of a batch is padding.
 *
 * <p>The same data, batch size, seed and epoch give the same batches on every machine. Immutable
 * and thread-safe.
 */
public final class BatchLoader {

  private final EncodedDataset data;
  private final int batchSize;
  private final long seed;

  private BatchLoader(EncodedDataset data, int batchSize, long seed) {
    this.data = requireNonNull(data, "data");
    checkArgument(batchSize >= 1, "batch size must be at least 1 but was %s", batchSize);
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * Returns a loader.
   *
   * @param data the encoded examples
   * @param batchSize the number of rows of each batch but the last, at least 1
   * @param seed the seed of the order
   */
  public static BatchLoader of(EncodedDataset data, int batchSize, long seed) {
    return new BatchLoader(data, batchSize, seed);
  }

  /** Returns the number of batches of an epoch; the last rows make a smaller batch. */
  public int batchesPerEpoch() {
    return (data.size() + batchSize - 1) / batchSize;
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
    checkArgument(
        firstBatch >= 0 && firstBatch <= batchesPerEpoch(),
        "first batch must lie between 0 and %s but was %s",
        batchesPerEpoch(),
        firstBatch);
    return new BatchStream(
        new BatchOrder(data).training(batchSize, seed, epoch), firstBatch, data::batch);
  }

  /**
   * Starts an evaluation: every example once, longest first. {@link LoadedBatch#examples} tells
   * where each row's prediction belongs.
   */
  public BatchStream evaluation() {
    return new BatchStream(new BatchOrder(data).evaluation(batchSize), 0, data::batch);
  }
}
