package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.scoring.GenerationSettings;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Batch;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.device.ComputeDevice;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.lora.LoraConfig;
import io.refract.train.lora.LoraTargets;
import io.refract.train.metric.ExactMatch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with an adapter: only it learns. */
class LoraTrainingTest {

  private static final Dataset FOUR =
      Dataset.of(
          List.of(
              new Example("the sun was out all day", "yes"),
              new Example("there was no sun", "no"),
              new Example("we had ice cream", "ice"),
              new Example("one or two days after that", "one day")));

  private static final LoraConfig WIDE =
      LoraConfig.defaults().withAlpha(32).withTargets(LoraTargets.allLinear());

  private static Map<String, float[]> values(Map<String, NDArray> arrays) {
    Map<String, float[]> values = new LinkedHashMap<>();
    arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
    return values;
  }

  private static void assertSame(Map<String, float[]> left, Map<String, float[]> right) {
    assertThat(left.keySet()).isEqualTo(right.keySet());
    left.forEach((name, value) -> assertThat(value).as(name).isEqualTo(right.get(name)));
  }

  @Test
  void the_first_update_moves_every_b_and_no_weight_of_the_base() {
    try (T5Model base = Fixtures.tinyModel(0.1, 1);
        T5Model tuned = base.withAdapter(WIDE, 2)) {
      T5Network network = T5Access.network(tuned);
      Map<String, float[]> frozen = values(network.parameters());
      Map<String, float[]> before = values(network.trainableParameters());
      TrainingCallback watch =
          new TrainingCallback() {
            @Override
            public void onStep(StepReport report) {
              assertThat(network.trainableParameters().values()).allMatch(NDArray::hasGradient);
              assertThat(network.parameters().values()).noneMatch(NDArray::hasGradient);
              assertThatIllegalStateException()
                  .isThrownBy(tuned::merge)
                  .withMessageContaining("while it is trained");
            }
          };
      TrainingResult result =
          T5Trainer.of(tuned).data(FOUR).epochs(1).batchSize(4).callback(watch).train();
      assertThat(result.steps()).isEqualTo(1);
      assertSame(values(network.parameters()), frozen);
      values(network.trainableParameters())
          .forEach(
              (name, value) -> {
                if (name.contains("lora_B")) {
                  assertThat(value).as(name).isNotEqualTo(before.get(name));
                }
              });
      assertThat(network.trainableParameters().values()).noneMatch(NDArray::hasGradient);
      assertThat(result.provenance().hyperParameters())
          .containsEntry("lora_rank", "8")
          .containsEntry("lora_alpha", "32.0");
    }
  }

  @Test
  void an_adapter_alone_learns_examples_by_heart_and_evaluates_and_generates() {
    try (T5Model base = Fixtures.tinyModel(0.0, 1);
        T5Model tuned = base.withAdapter(WIDE, 2)) {
      List<String> sources = List.of("the sun was out all day", "we had ice cream");
      List<String> plain = base.generate(sources, GenerationSettings.defaults());
      TrainingResult result =
          T5Trainer.of(tuned)
              .data(FOUR)
              .validation(FOUR)
              .metric(new ExactMatch())
              .epochs(80)
              .batchSize(4)
              .learningRate(1e-2)
              .train();
      assertThat(requireNonNull(result.metrics().get("exact_match"))).isEqualTo(1.0);
      assertThat(Evaluator.of(tuned).evaluate(FOUR).metrics().get("exact_match")).isEqualTo(1.0);
      assertThat(tuned.generate(sources, GenerationSettings.defaults()))
          .containsExactly("yes", "ice");
      assertThat(base.generate(sources, GenerationSettings.defaults())).isEqualTo(plain);
    }
  }

  @Test
  void two_adapters_on_one_base_train_one_after_the_other_as_if_each_were_alone() {
    int threads = JniUtils.getNumThreads();
    JniUtils.setNumThreads(1);
    try (T5Model base = Fixtures.tinyModel(0.1, 1);
        T5Model first = base.withAdapter(WIDE, 2);
        T5Model second = base.withAdapter(WIDE, 2)) {
      T5Trainer.of(first).data(FOUR).epochs(2).train();
      T5Trainer.of(second).data(FOUR).epochs(2).train();
      assertSame(
          values(T5Access.network(second).trainableParameters()),
          values(T5Access.network(first).trainableParameters()));
    } finally {
      JniUtils.setNumThreads(threads);
    }
  }

  @Test
  void dropout_of_the_adapter_acts_in_training_only_and_follows_the_seed() {
    LoraConfig dropping = WIDE.withDropout(0.5);
    try (T5Model base = Fixtures.tinyModel(0.0, 1);
        T5Model tuned = base.withAdapter(dropping, 2)) {
      // B is zero at first: what is dropped shows after an update.
      T5Trainer.of(tuned).data(FOUR).epochs(1).learningRate(0.1).train();
      T5Network network = T5Access.network(tuned);
      // The dropout of the model's own layers, here 0, is another matter.
      float first = loss(network, Dropout.of(0, 1));
      assertThat(loss(network, Dropout.of(0, 1))).isEqualTo(first);
      assertThat(loss(network, Dropout.of(0, 2))).isNotEqualTo(first);
      assertThat(loss(network, Dropout.NONE)).isNotEqualTo(first);
    }
  }

  private static float loss(T5Network network, Dropout dropout) {
    Batch batch =
        new Batch(1, 3, 2, new long[] {5, 6, 1}, new long[] {1, 1, 1}, new long[] {7, 1}, 2);
    return GradMode.off(
        () -> {
          try (NDManager scope = network.manager().newSubManager()) {
            return network.lossSum(scope, batch, dropout, Objective.CROSS_ENTROPY).getFloat();
          }
        });
  }

  @Test
  void nothing_of_a_training_stays_with_base_or_adapter() {
    try (T5Model base = Fixtures.tinyModel(0.1, 1);
        T5Model tuned = base.withAdapter(WIDE.withDropout(0.1), 2)) {
      NDManager ofBase = T5Access.network(base).manager();
      NDManager ofAdapter = T5Access.network(tuned).manager();
      int before = ofBase.getManagedArrays().size();
      int beforeOwn = ofAdapter.getManagedArrays().size();
      T5Trainer.of(tuned).data(FOUR).validation(FOUR).metric(new ExactMatch()).epochs(2).train();
      tuned.merge();
      tuned.unmerge();
      assertThat(ofBase.getManagedArrays()).hasSize(before);
      assertThat(ofAdapter.getManagedArrays()).hasSize(beforeOwn);
    }
  }

  @Test
  void an_adapter_is_resumed_recomputed_and_replicated_as_a_model_is(@TempDir Path directory) {
    Map<String, float[]> straight = adapted(t -> t.gradientCheckpointing());
    adapted(
        t ->
            t.gradientCheckpointing()
                .checkpoints(Checkpoints.in(directory).everySteps(1))
                .callback(ResumableRun.stopAfter(3)));
    Map<String, float[]> resumed =
        adapted(
            t ->
                t.gradientCheckpointing()
                    .checkpoints(Checkpoints.in(directory).everySteps(1))
                    .resume()
                    .callback(ResumableRun.stopAfter(-1)));
    assertSame(resumed, straight);
    Map<String, float[]> kept = adapted(t -> t.gradientAccumulationSteps(2));
    Map<String, float[]> replicated = adapted(t -> t.replicas(ComputeDevice.cpu()));
    kept.forEach(
        (name, values) ->
            assertThat(requireNonNull(replicated.get(name)))
                .as(name)
                .containsExactly(values, within(1e-5f)));
  }

  @Test
  void an_adapter_is_not_resumed_on_another_base(@TempDir Path folder) {
    for (int seed : new int[] {1, 2}) {
      try (T5Model base = Fixtures.tinyModel(0.1, seed)) {
        base.save(folder.resolve("base-" + seed));
      }
    }
    onBase(folder, 1, t -> t.callback(ResumableRun.stopAfter(2)));
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> onBase(folder, 2, t -> t.resume().callback(ResumableRun.stopAfter(-1))))
        .withMessageContaining("step-00000002")
        .withMessageContaining("base_checkpoint was ");
    onBase(folder, 1, t -> t.resume().callback(ResumableRun.stopAfter(-1)));
  }

  private static void onBase(Path folder, int seed, UnaryOperator<T5Trainer> options) {
    try (T5Model base = T5Model.load(folder.resolve("base-" + seed));
        T5Model tuned = base.withAdapter(WIDE, 2)) {
      T5Trainer trainer =
          T5Trainer.of(tuned)
              .data(FOUR)
              .batchSize(1)
              .epochs(1)
              .checkpoints(Checkpoints.in(folder.resolve("checkpoints")));
      options.apply(trainer).train();
    }
  }

  private static Map<String, float[]> adapted(UnaryOperator<T5Trainer> options) {
    try (T5Model base = Fixtures.tinyModel(0.1, 1);
        T5Model tuned = base.withAdapter(WIDE.withDropout(0.1), 2)) {
      options.apply(T5Trainer.of(tuned).data(FOUR).batchSize(1).epochs(3)).train();
      return values(T5Access.network(tuned).trainableParameters());
    }
  }
}
