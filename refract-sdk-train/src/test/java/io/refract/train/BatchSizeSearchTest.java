package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import io.refract.train.data.Batch;
import io.refract.train.data.Batching;
import io.refract.train.data.Dataset;
import io.refract.train.data.LoadedBatch;
import io.refract.train.t5.T5Config;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Memory that does not suffice is noticed, explained, and worked around. */
class BatchSizeSearchTest {

  private static final TrainingConfig CONFIG =
      TrainingConfig.defaults().withBatching(Batching.defaults().withBatchSize(24));

  @Test
  void batches_are_halved_until_they_fit_and_updates_keep_their_examples() {
    List<Integer> tried = new ArrayList<>();
    TrainingConfig found =
        BatchSizeSearch.search(
            CONFIG,
            rows -> {
              tried.add(rows);
              return rows <= 6;
            });
    assertThat(tried).containsExactly(24, 12, 6);
    assertThat(found.batching().batchSize()).isEqualTo(6);
    assertThat(found.gradientAccumulationSteps()).isEqualTo(4);
  }

  @Test
  void what_fits_stays_as_it_was_asked_for() {
    assertThat(BatchSizeSearch.search(CONFIG, rows -> true)).isEqualTo(CONFIG);
  }

  @Test
  void when_not_even_one_example_fits_the_error_says_what_helps() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> BatchSizeSearch.search(CONFIG, rows -> false))
        .withMessageContaining("a single example of 512 source and 128 target tokens")
        .withMessageContaining("gradientCheckpointing()")
        .withMessageContaining("LoRA");
  }

  @Test
  void a_batch_that_fits_trains_as_without_the_search() {
    assertThat(train(true)).isEqualTo(train(false));
  }

  private static List<Double> train(boolean auto) {
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      T5Trainer trainer =
          T5Trainer.of(model).data(Dataset.of(ResumableRun.examples())).batchSize(4).epochs(1);
      return (auto ? trainer.autoBatchSize() : trainer)
          .train().lossCurve().stream().map(step -> step.loss()).toList();
    }
  }

  @Test
  void what_the_engine_says_about_memory_becomes_advice() {
    EngineException failure =
        new EngineException("CUDA out of memory. Tried to allocate 20.00 MiB\nException raised");
    assertThat(OutOfMemory.isCauseOf(failure)).isTrue();
    assertThat(OutOfMemory.isCauseOf(new OutOfMemoryError("direct buffer"))).isTrue();
    assertThat(
            OutOfMemory.isCauseOf(
                new EngineException("DefaultCPUAllocator: can't allocate memory: you tried")))
        .isTrue();
    assertThat(OutOfMemory.isCauseOf(new EngineException("shape mismatch"))).isFalse();
    Batch batch = new Batch(1, 1, 1, new long[] {1}, new long[] {1}, new long[] {1}, 1);
    assertThat(OutOfMemory.during(7, new LoadedBatch(0, new int[] {0}, batch), failure))
        .hasMessageContaining("step 7")
        .hasMessageContaining("autoBatchSize()")
        .hasMessageContaining("maxSourceTokens(...)")
        .hasMessageContaining("CUDA out of memory. Tried to allocate 20.00 MiB");
  }

  /** The sizes are those of t5-small: 8 heads of 64, d_model 512, d_ff 2048, 6 + 6 layers. */
  @Test
  void the_estimate_grows_with_the_rows_and_is_less_when_blocks_are_computed_again() {
    T5Config small =
        new T5Config(
            "t5",
            32128,
            512,
            64,
            2048,
            6,
            6,
            8,
            32,
            128,
            0.1,
            1e-6,
            1.0,
            "relu",
            true,
            0,
            List.of(1),
            0,
            Map.of());
    double one = MemoryEstimate.bytesOfActivations(small, batch(1), false);
    assertThat(MemoryEstimate.bytesOfActivations(small, batch(4), false))
        .isCloseTo(4 * one, within(1.0));
    assertThat(MemoryEstimate.bytesOfActivations(small, batch(4), true)).isLessThan(2 * one);
  }

  private static Batch batch(int rows) {
    return new Batch(
        rows, 512, 96, new long[rows * 512], new long[rows * 512], new long[rows * 96], rows * 96);
  }
}
