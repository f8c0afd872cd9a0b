package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.progress.ProgressEvent;
import io.refract.scoring.GenerationSettings;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.metric.ExactMatch;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class T5TrainerTest {

  private static final List<Example> EIGHT =
      List.of(
          new Example("the sun was out all day", "yes"),
          new Example("there was no sun", "no"),
          new Example("a red house in the north", "red house"),
          new Example("a new house in the east", "new house"),
          new Example("we had ice cream", "ice"),
          new Example("they had a cake and a beer", "beer and cake"),
          new Example("one or two days after that", "one day"),
          new Example("you are not here", "not here"));

  @Test
  void a_tiny_model_learns_eight_examples_by_heart_and_then_generates_them() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(Dataset.of(EIGHT))
              .taskPrefix("do ")
              .epochs(60)
              .batchSize(4)
              .learningRate(1e-2)
              .train();
      assertThat(requireNonNull(result.metrics().get("train_loss"))).isLessThan(0.01);
      assertThat(
              model.generate(
                  EIGHT.stream().map(e -> "do " + e.source()).toList(),
                  GenerationSettings.defaults()))
          .isEqualTo(EIGHT.stream().map(Example::target).toList());
    }
  }

  @Test
  void one_seed_gives_the_same_weights_bit_for_bit_and_another_does_not() {
    int threads = JniUtils.getNumThreads();
    JniUtils.setNumThreads(1);
    try {
      Map<String, float[]> first = weightsAfterTraining(7);
      Map<String, float[]> second = weightsAfterTraining(7);
      Map<String, float[]> other = weightsAfterTraining(8);
      first.forEach((name, w) -> assertThat(second.get(name)).as(name).isEqualTo(w));
      assertThat(other.get("shared.weight")).isNotEqualTo(first.get("shared.weight"));
    } finally {
      JniUtils.setNumThreads(threads);
    }
  }

  private static Map<String, float[]> weightsAfterTraining(long seed) {
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      T5Trainer.of(model).data(Dataset.of(EIGHT)).batchSize(3).epochs(2).seed(seed).train();
      return weights(model);
    }
  }

  @Test
  void dropout_of_the_model_can_be_overridden() {
    Map<String, float[]> overridden = new LinkedHashMap<>();
    try (T5Model model = Fixtures.tinyModel(0.5, 1)) {
      T5Trainer.of(model).data(Dataset.of(EIGHT)).epochs(1).dropout(0).train();
      overridden.putAll(weights(model));
      assertThat(model.config().dropoutRate()).isEqualTo(0.5);
    }
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      T5Trainer.of(model).data(Dataset.of(EIGHT)).epochs(1).train();
      weights(model).forEach((name, w) -> assertThat(overridden.get(name)).isEqualTo(w));
    }
  }

  @Test
  void validation_is_measured_before_and_after_every_epoch() {
    List<EpochReport> epochs = new ArrayList<>();
    List<StepReport> steps = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    TrainingCallback callback =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            steps.add(report);
          }

          @Override
          public void onEpoch(EpochReport report) {
            epochs.add(report);
          }

          @Override
          public void onEnd(int made) {
            ends.add(made);
          }
        };
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(Dataset.of(EIGHT))
              .validation(Dataset.of(EIGHT.subList(0, 3)))
              .epochs(2)
              .batchSize(3)
              .gradientAccumulationSteps(2)
              .maxTargetTokens(8)
              .metric(new ExactMatch())
              .callback(callback)
              .evaluateBefore()
              .train();

      assertThat(result.metricsBefore()).containsOnlyKeys("loss", "exact_match");
      assertThat(result.metrics()).containsOnlyKeys("loss", "exact_match", "train_loss");
      assertThat(result.metrics().get("loss"))
          .isLessThan(requireNonNull(result.metricsBefore().get("loss")));
      // 8 examples are 3 batches, and those 2 updates an epoch.
      assertThat(result.steps()).isEqualTo(4);
      assertThat(result.lossCurve()).isEqualTo(steps);
      assertThat(steps).extracting(StepReport::step).containsExactly(1, 2, 3, 4);
      assertThat(steps).extracting(StepReport::epoch).containsExactly(1, 1, 2, 2);
      assertThat(steps).extracting(StepReport::totalSteps).containsOnly(4);
      assertThat(result.history()).isEqualTo(epochs);
      assertThat(epochs).extracting(EpochReport::step).containsExactly(2, 4);
      assertThat(ends).containsExactly(4);
      assertThat(result.tokensPerSecond()).isPositive();
    }
  }

  @Test
  void progress_is_told_of_training_and_evaluation() {
    List<ProgressEvent> events = new ArrayList<>();
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      T5Trainer.of(model)
          .data(Dataset.of(EIGHT))
          .validation(Dataset.of(EIGHT))
          .epochs(1)
          .callback(events::add)
          .train();
    }
    assertThat(events)
        .extracting(ProgressEvent::task)
        .contains("encoding", "training", "evaluation");
    assertThat(events)
        .filteredOn(e -> e.task().equals("training"))
        .last()
        .matches(ProgressEvent::finished);
  }

  @Test
  void provenance_names_data_settings_seed_and_engine() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      Dataset data = Dataset.of(EIGHT);
      var provenance =
          T5Trainer.of(model).data(data).validation(data).epochs(1).seed(9).train().provenance();
      assertThat(provenance.datasets()).containsOnlyKeys("training", "validation");
      assertThat(provenance.datasets().get("training")).isEqualTo(data.provenance());
      assertThat(provenance.hyperParameters()).containsEntry("learning_rate", "3.0E-4");
      assertThat(provenance.seed()).isEqualTo(9);
      assertThat(provenance.environment().engine()).startsWith("PyTorch 2.");
    }
  }

  @Test
  void nothing_piles_up_in_the_model_and_the_thread_is_left_as_it_was() {
    boolean gradMode = JniUtils.isGradMode();
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      NDManager manager = T5Access.network(model).manager();
      int before = manager.getManagedArrays().size();
      T5Trainer.of(model)
          .data(Dataset.of(EIGHT))
          .validation(Dataset.of(EIGHT))
          .metric(new ExactMatch())
          .epochs(3)
          .train();
      assertThat(manager.getManagedArrays()).hasSize(before);
    }
    assertThat(JniUtils.isGradMode()).isEqualTo(gradMode);
  }

  @Test
  void a_callback_that_throws_ends_the_training_and_the_model_stays_usable() {
    TrainingCallback stop =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            throw new UnsupportedOperationException("enough");
          }
        };
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> T5Trainer.of(model).data(Dataset.of(EIGHT)).callback(stop).train());
      T5Network network = T5Access.network(model);
      assertThat(network.parameters().values()).noneMatch(NDArray::hasGradient);
      assertThat(model.generate(List.of("the sun"), GenerationSettings.defaults())).hasSize(1);
    }
  }

  @Test
  void an_interrupted_thread_stops_training_and_stays_interrupted() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingCallback interrupt =
          new TrainingCallback() {
            @Override
            public void onStep(StepReport report) {
              Thread.currentThread().interrupt();
            }
          };
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(
              () ->
                  T5Trainer.of(model)
                      .data(Dataset.of(EIGHT))
                      .batchSize(1)
                      .callback(interrupt)
                      .train())
          .withMessageContaining("after step 1");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void a_mistake_is_refused_at_once_with_rule_and_value() {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      T5Trainer trainer = T5Trainer.of(model);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.batchSize(0))
          .withMessage("batch size must be at least 1 but was 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.learningRate(-1))
          .withMessage("learning rate must be greater than 0 but was -1.0");
      assertThatIllegalStateException()
          .isThrownBy(trainer::train)
          .withMessage("training needs data: call data(...) before train()");
      trainer.data(Dataset.of(EIGHT));
      assertThatIllegalStateException()
          .isThrownBy(() -> trainer.data(Dataset.of(EIGHT)))
          .withMessage("the training data are set already");
      assertThatIllegalStateException()
          .isThrownBy(() -> trainer.evaluateBefore().train())
          .withMessageContaining("validation(...)");
    }
  }

  private static Map<String, float[]> weights(T5Model model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    T5Access.network(model)
        .parameters()
        .forEach((name, parameter) -> weights.put(name, parameter.toFloatArray()));
    return weights;
  }
}
