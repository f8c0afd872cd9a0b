package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import io.refract.progress.ProgressListener;
import io.refract.train.data.Batch;
import io.refract.train.data.Batching;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.data.Example;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.pretrain.TextCorpus;
import io.refract.train.t5.T5Config;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Two rows of three would make updates of two examples, or of four. */
  @ParameterizedTest
  @CsvSource({"3, 1, 2, 1, 3", "6, 2, 3, 3, 4", "20, 1, 8, 5, 4", "7, 3, 6, 1, 21"})
  void only_batches_that_make_the_same_updates_are_taken(
      int asked, int askedAccumulation, int fitting, int rows, int accumulation) {
    TrainingConfig config =
        TrainingConfig.defaults()
            .withBatching(Batching.defaults().withBatchSize(asked))
            .withGradientAccumulationSteps(askedAccumulation);
    TrainingConfig found = BatchSizeSearch.search(config, tried -> tried <= fitting);
    assertThat(found.batching().batchSize()).isEqualTo(rows);
    assertThat(found.gradientAccumulationSteps()).isEqualTo(accumulation);
  }

  @Test
  void more_batches_than_can_be_counted_are_as_many_as_can_be() {
    TrainingConfig many = CONFIG.withGradientAccumulationSteps(Integer.MAX_VALUE);
    assertThat(BatchSizeSearch.search(many, rows -> rows <= 6).gradientAccumulationSteps())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void packed_rows_are_tried_as_they_are_trained() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      EncodedDataset examples =
          EncodedDataset.encode(
              Dataset.of(ResumableRun.examples()),
              model.tokenizer(),
              "",
              64,
              64,
              ProgressListener.none());
      TrainingConfig packing =
          CONFIG.withBatching(Batching.defaults().withBatchSize(24).withPacking(true));
      LoadedBatch packed = BatchSizeSearch.longest(packing, examples, 2);
      assertThat(packed.batch().segments()).isNotNull();
      assertThat(packed.batch().rows()).isEqualTo(2);
      assertThat(packed.examples()).hasSizeGreaterThan(2);
      LoadedBatch apart = BatchSizeSearch.longest(CONFIG, examples, 2);
      assertThat(apart.batch().segments()).isNull();
      assertThat(apart.examples()).hasSize(2);
      assertThat(packed.batch().sourceLength()).isGreaterThan(apart.batch().sourceLength());
    }
  }

  @Test
  void the_longest_source_is_tried_with_the_longest_target_of_any() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      EncodedDataset examples =
          EncodedDataset.encode(
              Dataset.of(
                  List.of(
                      new Example("late card ".repeat(9), "yes"),
                      new Example("late", "card ".repeat(7)),
                      new Example("late card", "no"))),
              model.tokenizer(),
              "",
              64,
              64,
              ProgressListener.none());
      Batch longest = BatchSizeSearch.longest(CONFIG, examples, 1).batch();
      assertThat(longest.sourceLength()).isEqualTo(examples.sourceTokens(0));
      assertThat(longest.targetLength())
          .isEqualTo(examples.targetTokens(1))
          .isGreaterThan(examples.targetTokens(0));
      assertThat(longest.targetTokens()).isEqualTo(longest.targetLength());
    }
  }

  @Test
  void the_trial_keeps_what_the_optimizer_remembers_but_moves_nothing() {
    TrainingConfig trial =
        BatchSizeSearch.trial(CONFIG.withOptimizer(Adafactor.defaults().withBeta1(0.9)));
    assertThat(trial.update().optimizer()).isEqualTo(Adafactor.defaults().withBeta1(0.9));
    assertThat(trial.update().schedule().factor(0, 1)).isZero();
  }

  @Test
  void the_estimate_counts_what_the_optimizer_remembers() {
    assertThat(MemoryEstimate.bytesOfState(AdamW.defaults(), 100)).isEqualTo(1200);
    assertThat(MemoryEstimate.bytesOfState(ScaledAdamW.defaults(), 100)).isEqualTo(1200);
    assertThat(MemoryEstimate.bytesOfState(Adafactor.defaults(), 100)).isEqualTo(400);
    assertThat(MemoryEstimate.bytesOfState(Adafactor.defaults().withBeta1(0.9), 100))
        .isEqualTo(800);
  }

  @Test
  void a_corpus_is_trained_on_after_its_longest_texts_were_tried() {
    TextCorpus corpus =
        TextCorpus.of("dogs", Collections.nCopies(600, "the lazy dog jumps over the fox"));
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(corpus)
              .maxSourceTokens(32)
              .maxTargetTokens(32)
              .batchSize(4)
              .maxSteps(3)
              .autoBatchSize()
              .train();
      assertThat(result.steps()).isEqualTo(3);
    }
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
    for (Optimizer optimizer :
        List.of(AdamW.defaults(), Adafactor.defaults().withBeta1(0.9), ScaledAdamW.defaults())) {
      assertThat(train(optimizer, true)).isEqualTo(train(optimizer, false));
    }
  }

  private static List<Double> train(Optimizer optimizer, boolean auto) {
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      T5Trainer trainer =
          T5Trainer.of(model)
              .data(Dataset.of(ResumableRun.examples()))
              .batchSize(4)
              .packing()
              .epochs(1)
              .optimizer(optimizer);
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
