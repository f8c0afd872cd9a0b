package io.refract.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

  private static double[] factors(LearningRateSchedule schedule, int totalSteps) {
    return IntStream.range(0, totalSteps)
        .mapToDouble(s -> schedule.factor(s, totalSteps))
        .toArray();
  }

  @Test
  void linear_starts_at_the_peak_and_falls_by_equal_parts() {
    assertThat(factors(LearningRateSchedule.linear(), 4)).containsExactly(1.0, 0.75, 0.5, 0.25);
  }

  @Test
  void warm_up_starts_at_zero_and_reaches_the_peak_after_its_steps() {
    assertThat(factors(LearningRateSchedule.linear().withWarmupSteps(2), 6))
        .containsExactly(0.0, 0.5, 1.0, 0.75, 0.5, 0.25);
  }

  @Test
  void constant_stays_at_the_peak_after_the_warm_up() {
    assertThat(factors(LearningRateSchedule.constant().withWarmupSteps(2), 4))
        .containsExactly(0.0, 0.5, 1.0, 1.0);
  }

  @Test
  void warm_up_ratio_is_rounded_up_to_steps() {
    assertThat(factors(LearningRateSchedule.constant().withWarmupRatio(0.3), 5))
        .containsExactly(0.0, 0.5, 1.0, 1.0, 1.0);
  }

  @Test
  void warm_up_steps_outrank_the_ratio() {
    var schedule = LearningRateSchedule.constant().withWarmupRatio(1.0).withWarmupSteps(1);
    assertThat(factors(schedule, 3)).containsExactly(0.0, 1.0, 1.0);
  }

  @Test
  void factor_is_zero_after_the_end() {
    assertThat(LearningRateSchedule.linear().factor(9, 4)).isZero();
  }

  @Test
  void values_out_of_range_are_refused_with_rule_and_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRateSchedule.linear().withWarmupSteps(-1))
        .withMessage("warm-up steps must not be negative but was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRateSchedule.linear().withWarmupRatio(1.5))
        .withMessage("warm-up ratio must be between 0 and 1 but was 1.5");
  }
}
