package io.refract.train;

import com.google.common.primitives.Ints;
import io.refract.train.data.Batch;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Batching;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.LearningRateSchedule;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds batches that memory suffices for: makes them smaller until a trial with the longest
 * examples goes through, and makes up for it by as many more batches per update. Only sizes that
 * divide what was asked for are tried, so that the updates stay the same.
 */
final class BatchSizeSearch {

  private static final Logger LOG = LoggerFactory.getLogger(T5Trainer.class);

  private BatchSizeSearch() {}

  /**
   * Returns a configuration whose batches fit.
   *
   * @param config the configuration that was asked for
   * @param fits whether batches of so many rows go through
   * @throws TrainingException if not even one row does
   */
  static TrainingConfig search(TrainingConfig config, Predicate<Integer> fits) {
    int asked = config.batching().batchSize();
    int rows = asked;
    while (!fits.test(rows)) {
      if (rows == 1) {
        throw new TrainingException(
            "Cannot train: memory does not suffice for a single example of %d source and %d target tokens. Lower maxSourceTokens(...), turn on gradientCheckpointing(), train a LoRA adapter, or take a smaller model."
                .formatted(config.texts().maxSourceTokens(), config.texts().maxTargetTokens()));
      }
      rows = smaller(rows, asked);
    }
    // More batches than there can be make the same update.
    int accumulation =
        Ints.saturatedCast((long) (asked / rows) * config.gradientAccumulationSteps());
    if (rows < asked) {
      LOG.warn(
          "Memory does not suffice for batches of {} rows; training takes {} batches of {} rows for each update in place of {}.",
          asked,
          accumulation,
          rows,
          config.gradientAccumulationSteps());
    }
    return config
        .withBatching(config.batching().withBatchSize(rows))
        .withGradientAccumulationSteps(accumulation);
  }

  /** Returns the largest divisor of what was asked for that is at most half of some rows. */
  private static int smaller(int rows, int asked) {
    int half = rows / 2;
    while (asked % half != 0) {
      half--;
    }
    return half;
  }

  /** Returns whether an update with the longest examples goes through; changes no weight. */
  static boolean fits(TrainingTask task, EncodedExamples examples, int rows) {
    LoadedBatch longest = longest(task.config(), examples, rows);
    if (!MemoryEstimate.suffices(task, longest.batch())) {
      return false;
    }
    try (Replicas replicas = ReplicaFactory.of(task);
        TrainingLoop loop = new TrainingLoop(replicas, trial(task.config()), 1)) {
      return goesThrough(loop, longest);
    }
  }

  /**
   * Returns a batch that no other of the training exceeds: the longest sources, each with a target
   * as long as any, because in a random batch they can meet.
   */
  static LoadedBatch longest(TrainingConfig config, EncodedExamples examples, int rows) {
    Batching batching = config.batching().withBatchSize(rows);
    BatchLoader loader = BatchLoader.of(examples, batching, config.seed());
    // Examples share rows in training only; there the batch with the longest row comes first.
    try (BatchStream batches = batching.packing() ? loader.epoch(0) : loader.evaluation()) {
      LoadedBatch first = batches.next();
      return batching.packing()
          ? first
          : new LoadedBatch(
              first.number(),
              first.examples(),
              withTargets(first.batch(), longestTarget(examples)));
    }
  }

  private static int longestTarget(EncodedExamples examples) {
    return IntStream.range(0, examples.size()).map(examples::targetTokens).max().orElse(1);
  }

  /** Returns a batch with targets of so many tokens, any of the model's. */
  private static Batch withTargets(Batch batch, int length) {
    long[] labels = new long[Math.multiplyExact(batch.rows(), length)];
    Arrays.fill(labels, batch.labels()[0]);
    return new Batch(
        batch.rows(),
        batch.sourceLength(),
        length,
        batch.inputIds(),
        batch.attentionMask(),
        labels,
        labels.length);
  }

  /** Without a learning rate an update changes nothing, but allocates all that one needs. */
  static TrainingConfig trial(TrainingConfig config) {
    return config
        .withSchedule(LearningRateSchedule.constant().withWarmupSteps(1))
        .withMaxGradientNorm(0);
  }

  private static boolean goesThrough(TrainingLoop loop, LoadedBatch batch) {
    try {
      loop.step(List.of(batch));
      return true;
    } catch (TrainingException e) {
      if (e.getCause() != null && OutOfMemory.isCauseOf(e.getCause())) {
        return false;
      }
      throw e;
    }
  }
}
