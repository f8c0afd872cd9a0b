package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.refract.train.callback.EpochReport;
import io.refract.train.callback.StepReport;
import io.refract.train.data.Dataset;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.t5.T5Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a user can turn on, and that it does what it says in a whole training. */
class TrainingOptionsTest {

  private record Outcome(
      TrainingResult result, Map<String, float[]> before, Map<String, float[]> after) {

    List<Double> losses() {
      return result.lossCurve().stream().map(StepReport::loss).toList();
    }
  }

  private static Outcome train(double dropout, UnaryOperator<T5Trainer> options) {
    try (T5Model model = Fixtures.tinyModel(dropout, 5)) {
      Map<String, float[]> before = ResumableRun.weights(model);
      T5Trainer trainer =
          T5Trainer.of(model)
              .data(Dataset.of(ResumableRun.examples()))
              .batchSize(4)
              .epochs(3)
              .learningRate(3e-3);
      TrainingResult result = options.apply(trainer).train();
      return new Outcome(result, before, new LinkedHashMap<>(ResumableRun.weights(model)));
    }
  }

  private static void assertLearns(Outcome outcome) {
    List<Double> losses = outcome.losses();
    assertThat(losses.get(losses.size() - 1)).isLessThan(0.8 * losses.get(0));
  }

  @Test
  void gradient_checkpointing_gives_the_same_training() {
    Outcome kept = train(0.2, t -> t);
    Outcome recomputed = train(0.2, T5Trainer::gradientCheckpointing);
    assertLearns(kept);
    for (int i = 0; i < kept.losses().size(); i++) {
      assertThat(recomputed.losses().get(i)).isCloseTo(kept.losses().get(i), within(1e-3));
    }
  }

  @Test
  void a_frozen_encoder_and_the_embedding_keep_every_bit() {
    for (boolean recompute : new boolean[] {false, true}) {
      Outcome outcome =
          train(
              0.1, t -> recompute ? t.freezeEncoder().gradientCheckpointing() : t.freezeEncoder());
      assertLearns(outcome);
      outcome
          .before()
          .forEach(
              (name, weight) -> {
                float[] after = requireNonNull(outcome.after().get(name));
                if (name.startsWith("encoder.") || name.equals("shared.weight")) {
                  assertThat(after).as(name).containsExactly(weight);
                } else {
                  assertThat(after).as(name).isNotEqualTo(weight);
                }
              });
    }
  }

  @Test
  void packed_rows_train_with_fewer_updates_over_the_same_tokens() {
    Outcome apart = train(0, t -> t);
    Outcome packed = train(0, T5Trainer::packing);
    assertThat(packed.result().steps()).isLessThan(apart.result().steps());
    assertLearns(packed);
  }

  @Test
  void a_token_budget_decides_the_size_of_batches() {
    Outcome outcome = train(0, t -> t.tokenBudget(120));
    assertLearns(outcome);
    assertThat(outcome.result().provenance().hyperParameters())
        .containsEntry("token_budget", "120");
  }

  @Test
  void bf16_learns_as_fp32_does() {
    Outcome fp32 = train(0, t -> t.epochs(10));
    Outcome bf16 = train(0, t -> t.epochs(10).precision(Precision.BF16));
    double last = fp32.losses().get(fp32.losses().size() - 1);
    assertThat(bf16.losses().get(bf16.losses().size() - 1)).isCloseTo(last, within(0.1 * last));
  }

  @Test
  void every_optimizer_learns() {
    for (Optimizer optimizer :
        List.of(Adafactor.defaults().withLearningRate(1e-2), ScaledAdamW.defaults())) {
      assertLearns(train(0, t -> t.optimizer(optimizer).epochs(8)));
    }
  }

  @Test
  void adafactor_is_not_clipped_unless_asked() {
    assertThat(
            train(0, t -> t.optimizer(Adafactor.defaults()).maxSteps(1))
                .result()
                .provenance()
                .hyperParameters())
        .containsEntry("optimizer", "adafactor")
        .containsEntry("max_gradient_norm", "0.0");
  }

  @Test
  void a_number_of_updates_ends_the_training_and_its_schedule() {
    Outcome outcome = train(0, t -> t.maxSteps(7).schedule(LearningRateSchedule.linear()));
    assertThat(outcome.result().steps()).isEqualTo(7);
    assertThat(outcome.result().history()).hasSize(2);
    assertThat(outcome.result().lossCurve().get(6).learningRate())
        .isCloseTo(3e-3 / 7, within(1e-9));
  }

  @Test
  void more_batches_than_there_are_make_one_update_of_each_epoch() {
    Outcome outcome = train(0, t -> t.gradientAccumulationSteps(Integer.MAX_VALUE));
    assertThat(outcome.result().steps()).isEqualTo(3);
    assertThat(outcome.result().history()).extracting(EpochReport::step).containsExactly(1, 2, 3);
  }

  @Test
  void smoothed_labels_raise_the_loss_that_is_reported_in_training() {
    double plain = train(0, t -> t.maxSteps(1)).losses().get(0);
    assertThat(train(0, t -> t.maxSteps(1).zLoss(0.01)).losses().get(0)).isGreaterThan(plain);
    assertThat(train(0, t -> t.maxSteps(1).labelSmoothing(0.1)).losses().get(0))
        .isNotEqualTo(plain);
  }

  @Test
  void the_best_model_must_be_told_by_a_metric_that_there_is() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(
            () ->
                train(
                    0,
                    t ->
                        t.validation(Dataset.of(ResumableRun.examples()))
                            .bestModelAtEnd(BestModel.by("bleu"))))
        .withMessageContaining("no metric 'bleu', only [loss]");
    assertThatIllegalStateException()
        .isThrownBy(() -> train(0, t -> t.bestModelAtEnd(BestModel.by("loss"))))
        .withMessageContaining("validation(...)");
  }
}
