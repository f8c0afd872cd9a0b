package io.refract.train.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.metric.Rouge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

  private static TrainingPlan plan(int firstStep, String... metrics) {
    return new TrainingPlan("t5", firstStep, 1000, firstStep > 0, Set.of(metrics), Map.of());
  }

  private static EvaluationReport evaluation(int step, String metric, double value) {
    return new EvaluationReport(step, 1, Map.of(metric, value), Duration.ZERO);
  }

  /** Reports a value after every 10 steps, and returns the step at which it stops, or 0. */
  private static int stopsAt(EarlyStopping stopping, String metric, double... values) {
    stopping.onStart(plan(0, metric));
    for (int i = 0; i < values.length; i++) {
      stopping.onEvaluation(evaluation(10 * i, metric, values[i]));
      if (stopping.stopReason().isPresent()) {
        return 10 * i;
      }
    }
    return 0;
  }

  @Test
  void a_loss_that_no_longer_falls_ends_the_training_with_a_reason() {
    EarlyStopping stopping = EarlyStopping.on("loss").patience(2);
    assertThat(stopsAt(stopping, "loss", 3, 2, 1.5, 1.6, 1.5)).isEqualTo(40);
    assertThat(stopping.stopReason())
        .contains("loss was not better than 1.50000 of step 20 in the last 2 evaluations");
  }

  @Test
  void other_values_shall_rise() {
    assertThat(stopsAt(EarlyStopping.on(Rouge.L()).patience(1), "rougeL", 0.1, 0.2, 0.2))
        .isEqualTo(20);
    assertThat(stopsAt(EarlyStopping.on("accuracy").patience(1), "accuracy", 0.1, 0.2, 0.3))
        .isZero();
    assertThat(stopsAt(EarlyStopping.on("validation_loss").patience(1), "validation_loss", 2, 1))
        .isZero();
  }

  @Test
  void the_direction_can_be_set() {
    EarlyStopping errors = EarlyStopping.on("word_errors").lowerIsBetter().patience(1);
    assertThat(stopsAt(errors, "word_errors", 9, 5, 4)).isZero();
    assertThat(stopsAt(errors.higherIsBetter(), "word_errors", 9, 5, 4)).isEqualTo(10);
  }

  @Test
  void small_gains_count_once_they_add_up_to_the_least_difference() {
    EarlyStopping stopping = EarlyStopping.on("loss").patience(2).minDelta(0.25);
    // 1.8 is not better enough than 2, but 1.6 is.
    assertThat(stopsAt(stopping, "loss", 2, 1.8, 1.6, 1.5, 1.4)).isEqualTo(40);
  }

  @Test
  void a_gain_starts_the_count_anew_and_so_does_the_next_training() {
    EarlyStopping stopping = EarlyStopping.on("loss").patience(2);
    assertThat(stopsAt(stopping, "loss", 2, 3, 1, 3, 0.5, 3)).isZero();
    assertThat(stopsAt(stopping, "loss", 9, 8, 7)).isZero();
  }

  @Test
  void no_number_is_never_better() {
    assertThat(stopsAt(EarlyStopping.on("loss").patience(2), "loss", 2, Double.NaN, Double.NaN))
        .isEqualTo(20);
    assertThat(stopsAt(EarlyStopping.on("loss").patience(1), "loss", Double.NaN, 2, 1)).isZero();
  }

  @Test
  void a_resumed_training_goes_on_with_best_value_and_count() {
    EarlyStopping first = EarlyStopping.on("loss").patience(3);
    assertThat(stopsAt(first, "loss", 2, 1, 1.5, 1.2)).isZero();

    EarlyStopping resumed = EarlyStopping.on("loss").patience(3);
    resumed.restore(Map.copyOf(first.state()));
    resumed.onStart(plan(30, "loss"));
    assertThat(resumed.stopReason()).isEmpty();
    resumed.onEvaluation(evaluation(40, "loss", 1.1));

    assertThat(resumed.stopReason())
        .contains("loss was not better than 1.00000 of step 10 in the last 3 evaluations");
  }

  @Test
  void a_state_from_before_any_evaluation_and_no_state_restore_to_the_start() {
    for (Map<String, String> state :
        List.of(EarlyStopping.on("loss").state(), Map.<String, String>of())) {
      EarlyStopping resumed = EarlyStopping.on("loss").patience(1);
      resumed.restore(state);
      resumed.onStart(plan(0, "loss"));
      resumed.onEvaluation(evaluation(40, "loss", 9));
      assertThat(resumed.stopReason()).isEmpty();
    }
  }

  @Test
  void a_state_of_another_metric_or_a_broken_one_is_refused() {
    EarlyStopping stopping = EarlyStopping.on("loss");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stopping.restore(EarlyStopping.on("rougeL").state()))
        .withMessageContaining(
            "early stopping on 'loss' cannot go on from the state {metric=rougeL}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stopping.restore(Map.of("metric", "loss", "best", "low")))
        .withMessageContaining("best=low");
  }

  @Test
  void a_value_that_is_not_measured_is_named_with_those_that_are() {
    EarlyStopping stopping = EarlyStopping.on("rougeL");
    assertThatThrownBy(() -> stopping.onEvaluation(evaluation(5, "loss", 1)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("watches 'rougeL', but the evaluation after step 5 measured [loss]");
  }

  @Test
  void what_no_evaluation_will_measure_is_refused_at_the_start() {
    EarlyStopping stopping = EarlyStopping.on(Rouge.L());
    assertThatThrownBy(() -> stopping.onStart(plan(0, "loss")))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("watches 'rougeL', but the evaluations")
        .hasMessageContaining("only [loss]");
    assertThatThrownBy(() -> stopping.onStart(plan(0)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("no validation data");
  }

  @Test
  void settings_are_checked_at_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.on("loss").patience(0))
        .withMessage("patience must be at least 1 but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.on("loss").minDelta(-1))
        .withMessage("minDelta must be finite and at least 0 but was -1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> EarlyStopping.on(" "));
  }
}
