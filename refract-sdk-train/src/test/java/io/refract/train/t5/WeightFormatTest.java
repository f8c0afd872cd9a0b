package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingException;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.lora.LoraConfig;
import io.refract.train.lora.LoraTargets;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody scores in fewer bits, and never with weights that are no longer the model's. */
class WeightFormatTest {

  private static final GenerationSettings SETTINGS =
      GenerationSettings.defaults().withMaxNewTokens(24);
  private static final LoraConfig ALL = LoraConfig.defaults().withTargets(LoraTargets.allLinear());
  private static final List<String> TEXTS =
      IntStream.range(0, 6).mapToObj(i -> "my card was refused ".repeat(1 + i % 3) + i).toList();
  private static final Dataset FOUR =
      Dataset.of(
          List.of(
              new Example("the sun was out all day", "yes"),
              new Example("there was no sun", "no"),
              new Example("we had ice cream", "ice"),
              new Example("one or two days after that", "one day")));

  @TempDir Path folder;
  private Path checkpoint;

  @BeforeEach
  void a_checkpoint() {
    checkpoint = folder.resolve("checkpoint");
    try (T5Model model = T5ModelTest.create(false, 1)) {
      model.save(checkpoint);
    }
  }

  private static List<List<Integer>> ids(T5Model model) {
    List<int[]> sources = TEXTS.stream().map(t -> model.tokenizer().encode(t, 64)).toList();
    return model.generateIds(sources, SETTINGS).stream()
        .map(row -> IntStream.of(row).boxed().toList())
        .toList();
  }

  /** Returns what a model that is saved and loaded generates. */
  private List<List<Integer>> idsOfCopy(T5Model model, WeightFormat format, String name) {
    model.save(folder.resolve(name));
    try (T5Model copy = T5Model.load(folder.resolve(name)).scoreIn(format)) {
      return ids(copy);
    }
  }

  private static T5Trainer trainer(T5Model model) {
    return T5Trainer.of(model).data(FOUR).batchSize(2).learningRate(0.05).seed(3);
  }

  private static void train(T5Model model) {
    assertThat(trainer(model).epochs(2).train().steps()).isEqualTo(4);
  }

  @Test
  void every_format_generates_its_own_and_32_bits_are_the_same_again_afterwards() {
    try (T5Model model = T5Model.load(checkpoint)) {
      assertThat(model.weightFormat()).isEqualTo(WeightFormat.FLOAT32);
      List<List<Integer>> exact = ids(model);
      for (WeightFormat format : WeightFormat.values()) {
        assertThat(model.scoreIn(format)).isSameAs(model);
        assertThat(model.weightFormat()).isEqualTo(format);
        List<List<Integer>> first = ids(model);
        assertThat(first).hasSameSizeAs(TEXTS).allMatch(row -> !row.isEmpty());
        assertThat(ids(model)).isEqualTo(first);
        assertThat(first.equals(exact)).as("%s", format).isEqualTo(format == WeightFormat.FLOAT32);
      }
      assertThat(ids(model.scoreIn(WeightFormat.FLOAT32))).isEqualTo(exact);
    }
  }

  @Test
  void what_is_packed_shrinks_with_the_format() {
    List<Long> bytes = new ArrayList<>();
    try (T5Model model = T5Model.load(checkpoint)) {
      long before = model.memory().bytes();
      for (WeightFormat format : WeightFormat.values()) {
        ids(model.scoreIn(format));
        bytes.add((model.memory().bytes() - before) / format.bytesPerWeight());
      }
    }
    assertThat(bytes).allMatch(weights -> weights > 10_000).containsOnly(bytes.get(0));
  }

  @Test
  void the_format_is_switched_while_other_threads_generate() throws Exception {
    Map<WeightFormat, List<List<Integer>>> expected = new EnumMap<>(WeightFormat.class);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    try (T5Model model = T5Model.load(checkpoint)) {
      for (WeightFormat format : WeightFormat.values()) {
        expected.put(format, ids(model.scoreIn(format)));
      }
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(
                () -> {
                  int uses = 0;
                  while (!done.get() || uses == 0) {
                    assertThat(expected).containsValue(ids(model));
                    uses++;
                  }
                  return uses;
                }));
      }
      for (int round = 0; round < 30; round++) {
        for (WeightFormat format : WeightFormat.values()) {
          assertThat(ids(model.scoreIn(format))).isEqualTo(expected.get(format));
        }
      }
      done.set(true);
      for (Future<Integer> result : results) {
        assertThat(result.get()).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void a_training_after_scoring_counts_at_every_step_and_at_the_end(WeightFormat format) {
    List<List<List<Integer>>> seen = new ArrayList<>();
    try (T5Model model = T5Model.load(checkpoint).scoreIn(format)) {
      List<List<Integer>> before = ids(model);
      TrainingCallback watch =
          new TrainingCallback() {
            @Override
            public void onStep(StepReport report) {
              seen.add(ids(model));
              assertThat(idsOfCopy(model, format, "step-" + report.step()))
                  .isEqualTo(seen.get(seen.size() - 1));
            }

            @Override
            public void onEnd(int steps) {
              seen.add(ids(model));
            }
          };
      trainer(model).epochs(2).callback(watch).train();
      List<List<Integer>> after = ids(model);
      assertThat(after).isNotEqualTo(before).isEqualTo(idsOfCopy(model, format, "trained"));
      assertThat(seen).hasSize(5).last().isEqualTo(after);
      assertThat(seen.get(0)).isNotEqualTo(before);
      train(model);
      assertThat(ids(model)).isEqualTo(idsOfCopy(model, format, "trained-again"));
    }
  }

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void a_training_that_fails_counts_as_far_as_it_came(WeightFormat format) {
    try (T5Model model = T5Model.load(checkpoint).scoreIn(format);
        T5Model sibling = model.withoutAdapter().scoreIn(format)) {
      List<List<Integer>> before = ids(model);
      assertThat(ids(sibling)).isEqualTo(before);
      TrainingCallback failing =
          new TrainingCallback() {
            @Override
            public void onStep(StepReport report) {
              throw new TrainingException("enough");
            }
          };
      try {
        trainer(model).epochs(1).callback(failing).train();
      } catch (TrainingException e) {
        assertThat(e).hasMessage("enough");
      }
      List<List<Integer>> after = idsOfCopy(model, format, "failed");
      assertThat(after).isNotEqualTo(before);
      assertThat(ids(model)).isEqualTo(after);
      assertThat(ids(sibling)).isEqualTo(after);
    }
  }

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void a_model_that_shares_weights_with_a_trained_one_scores_with_the_new_ones(
      WeightFormat format) {
    try (T5Model model = T5Model.load(checkpoint);
        T5Model sibling = model.withoutAdapter().scoreIn(format);
        T5Model adapted = model.withAdapter(ALL, 5).scoreIn(format)) {
      assertThat(model.weightFormat()).isEqualTo(WeightFormat.FLOAT32);
      List<List<Integer>> before = ids(sibling);
      // A new adapter adds nothing.
      assertThat(ids(adapted)).isEqualTo(before);
      train(model);
      List<List<Integer>> after = idsOfCopy(model, format, "trained");
      assertThat(after).isNotEqualTo(before);
      assertThat(ids(sibling)).isEqualTo(after);
      assertThat(ids(adapted)).isEqualTo(after);
    }
  }

  /** The other model comes in between being given the weights and changing them. */
  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void what_was_packed_before_the_first_update_is_not_kept(WeightFormat format) {
    try (T5Model model = T5Model.load(checkpoint);
        T5Model sibling = model.withoutAdapter().scoreIn(format)) {
      Map<String, NDArray> parameters = T5Access.trainable(model).parameters();
      List<List<Integer>> before = ids(sibling);
      GradMode.off(
          () -> {
            parameters.values().forEach(array -> array.muli(-0.5f));
            return parameters;
          });
      T5Access.changed(model);
      assertThat(ids(sibling)).isNotEqualTo(before).isEqualTo(idsOfCopy(model, format, "changed"));
    }
  }

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void an_adapter_is_part_of_what_is_packed_trained_merged_and_unmerged(WeightFormat format) {
    try (T5Model base = T5Model.load(checkpoint).scoreIn(format);
        T5Model tuned = base.withAdapter(ALL, 7).scoreIn(format)) {
      List<List<Integer>> plain = ids(base);
      assertThat(ids(tuned)).isEqualTo(plain);
      train(tuned);
      List<List<Integer>> outputs = ids(tuned);
      assertThat(outputs).isNotEqualTo(plain).isEqualTo(idsOfCopy(tuned, format, "tuned"));
      tuned.saveMerged(folder.resolve("merged"));
      try (T5Model merged = T5Model.load(folder.resolve("merged")).scoreIn(format)) {
        assertThat(ids(merged)).isEqualTo(outputs);
      }
      assertThat(ids(base)).isEqualTo(plain);
      for (int round = 0; round < 2; round++) {
        tuned.merge();
        assertThat(ids(tuned)).isEqualTo(outputs);
        // Packed anew while it is merged.
        tuned.scoreIn(format == WeightFormat.INT8 ? WeightFormat.BFLOAT16 : WeightFormat.INT8);
        ids(tuned);
        assertThat(ids(tuned.scoreIn(format))).isEqualTo(outputs);
        tuned.unmerge();
        assertThat(ids(tuned)).isEqualTo(outputs);
        assertThat(ids(base)).isEqualTo(plain);
      }
    }
  }

  /** The adapter is drawn anew by hand, as a trainer on another thread might. */
  @Test
  void a_second_training_of_an_adapter_counts_too() {
    try (T5Model base = T5Model.load(checkpoint);
        T5Model tuned = base.withAdapter(ALL, 7).scoreIn(WeightFormat.INT8)) {
      train(tuned);
      List<List<Integer>> first = ids(tuned);
      T5Access.network(tuned)
          .trainableParameters()
          .forEach(
              (name, array) -> {
                try (NDManager scope = array.getManager().newSubManager();
                    NDArray drawn = scope.randomNormal(array.getShape())) {
                  drawn.copyTo(array);
                }
              });
      T5Access.changed(tuned);
      assertThat(ids(tuned))
          .isNotEqualTo(first)
          .isEqualTo(idsOfCopy(tuned, WeightFormat.INT8, "drawn"));
    }
  }

  @Test
  void names_are_those_of_transformers_and_ctranslate2() {
    assertThat(WeightFormat.of("float32")).isEqualTo(WeightFormat.FLOAT32);
    assertThat(WeightFormat.of("bfloat16")).isEqualTo(WeightFormat.BFLOAT16);
    assertThat(WeightFormat.of("INT8")).isEqualTo(WeightFormat.INT8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightFormat.of("int4"))
        .withMessage("the format of weights must be float32, bfloat16 or int8 but was 'int4'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightFormat.of("float16"))
        .withMessageContaining("65504")
        .withMessageContaining("bfloat16");
  }
}
