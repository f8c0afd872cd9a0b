package io.refract.train;

import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Batching;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds batches that memory suffices for: halves them until a trial with the longest examples goes
 * through, and makes up for it by as many more batches per update, so that the updates stay the
 * same.
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
    int rows = config.batching().batchSize();
    int accumulation = config.gradientAccumulationSteps();
    while (!fits.test(rows)) {
      if (rows == 1) {
        throw new TrainingException(
            "Cannot train: memory does not suffice for a single example of %d source and %d target tokens. Lower maxSourceTokens(...), turn on gradientCheckpointing(), train a LoRA adapter, or take a smaller model."
                .formatted(config.texts().maxSourceTokens(), config.texts().maxTargetTokens()));
      }
      int half = (rows + 1) / 2;
      accumulation = Math.multiplyExact(accumulation, (rows + half - 1) / half);
      rows = half;
    }
    if (rows < config.batching().batchSize()) {
      LOG.warn(
          "Memory does not suffice for batches of {} rows; training takes {} batches of {} rows for each update in place of {}.",
          config.batching().batchSize(),
          accumulation,
          rows,
          config.gradientAccumulationSteps());
    }
    return config
        .withBatching(config.batching().withBatchSize(rows))
        .withGradientAccumulationSteps(accumulation);
  }

  /** Returns whether an update with the longest examples goes through; changes no weight. */
  static boolean fits(TrainingTask task, EncodedExamples examples, int rows) {
    Batching batching = Batching.defaults().withBatchSize(rows);
    LoadedBatch longest;
    try (BatchStream batches = BatchLoader.of(examples, batching, 0).evaluation()) {
      longest = batches.next();
    }
    if (!MemoryEstimate.suffices(task, longest.batch())) {
      return false;
    }
    // Without a learning rate an update changes nothing, but allocates all that one needs.
    TrainingConfig trial =
        task.config()
            .withUpdate(
                new TrainingConfig.Update(
                    AdamW.defaults(), LearningRateSchedule.constant().withWarmupSteps(1), 0));
    try (Replicas replicas = ReplicaFactory.of(task);
        TrainingLoop loop = new TrainingLoop(replicas, trial, 1)) {
      loop.step(List.of(longest));
      return true;
    } catch (TrainingException e) {
      if (e.getCause() != null && OutOfMemory.isCauseOf(e.getCause())) {
        return false;
      }
      throw e;
    }
  }
}
