package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.callback.TrainingPlan;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever hears of the start of a training hears of its end. */
class RunCallbacksTest {

  private static final TrainingPlan PLAN =
      new TrainingPlan("t5", 3, 9, true, Set.of("loss"), Map.of());

  private final List<String> heard = new ArrayList<>();

  private TrainingCallback callback(String name, boolean failsAtStart, boolean failsAtEnd) {
    return new TrainingCallback() {
      @Override
      public void onStart(TrainingPlan plan) {
        if (failsAtStart) {
          throw new IllegalArgumentException(name + " cannot start");
        }
        heard.add(name + " starts");
      }

      @Override
      public void onEnd(int steps) {
        heard.add(name + " ends after " + steps);
        if (failsAtEnd) {
          throw new IllegalStateException(name + " cannot end");
        }
      }
    };
  }

  @Test
  void a_callback_that_cannot_start_lets_those_before_it_end() {
    RunCallbacks callbacks =
        new RunCallbacks(
            List.of(
                callback("first", false, false),
                callback("second", true, false),
                callback("third", false, false)));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> {
              try (callbacks) {
                callbacks.onStart(PLAN);
              }
            })
        .withMessage("second cannot start");
    assertThat(heard).containsExactly("first starts", "first ends after 3");
  }

  @Test
  void a_callback_that_cannot_end_lets_the_others_end() {
    RunCallbacks callbacks =
        new RunCallbacks(
            List.of(
                callback("first", false, true),
                callback("second", false, true),
                callback("third", false, false)));
    callbacks.onStart(PLAN);
    callbacks.onStep(new StepReport(4, 9, 1, 1, 1, 1, 1));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(callbacks::close)
        .withMessage("first cannot end")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .extracting(Throwable::getMessage)
                    .isEqualTo("second cannot end"));
    assertThat(heard).endsWith("first ends after 4", "second ends after 4", "third ends after 4");
  }

  @Test
  void what_ended_a_training_is_not_hidden_by_a_callback_that_cannot_end() {
    TrainingCallback failing =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            throw new UnsupportedOperationException("enough");
          }
        };
    try (T5Model model = ResumableRun.model()) {
      T5Trainer trainer =
          ResumableRun.trainer(model).callback(failing).callback(callback("log", false, true));
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(trainer::train)
          .withMessage("enough")
          .satisfies(
              e ->
                  assertThat(e.getSuppressed())
                      .hasAtLeastOneElementOfType(IllegalStateException.class));
    }
    assertThat(heard).containsExactly("log starts", "log ends after 1");
  }
}
