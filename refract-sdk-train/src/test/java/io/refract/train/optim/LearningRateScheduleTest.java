package io.refract.train.optim;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Doubles;
import com.google.gson.Gson;
import io.refract.train.optim.LearningRateSchedule.Decay;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
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
  void warmup_stable_decay_stays_at_the_peak_until_the_end() {
    var schedule = LearningRateSchedule.warmupStableDecay(0.4).withDecay(Decay.LINEAR);
    assertThat(factors(schedule.withWarmupSteps(2), 10))
        .containsExactly(
            new double[] {0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25}, within(1e-12));
  }

  @Test
  void inverse_square_root_halves_after_four_times_the_warm_up() {
    var schedule = LearningRateSchedule.inverseSquareRoot().withWarmupSteps(100);
    assertThat(schedule.factor(100, 1)).isEqualTo(1.0);
    assertThat(schedule.factor(400, 1)).isEqualTo(0.5);
    assertThat(LearningRateSchedule.inverseSquareRoot().factor(30_000, 1)).isEqualTo(0.5);
  }

  @Test
  void a_decay_with_a_minimum_stays_there_after_the_end() {
    var schedule = LearningRateSchedule.cosine().withMinimumRatio(0.1);
    assertThat(schedule.factor(9, 4)).isEqualTo(0.1);
    assertThat(schedule.withDecaySteps(2).factor(9, 4)).isEqualTo(0.1);
  }

  private record Golden(List<Run> runs) {}

  private record Run(
      String decay, int warmup_steps, int decay_steps, double minimum_ratio, List<Double> rates) {

    LearningRateSchedule schedule() {
      return new LearningRateSchedule(
          Decay.valueOf(decay.toUpperCase(Locale.ROOT)),
          warmup_steps,
          0,
          decay_steps,
          0,
          minimum_ratio);
    }
  }

  /** Values of {@code src/test/python/optimizer_golden.py}. */
  @Test
  void all_schedules_follow_transformers() throws IOException {
    Golden golden;
    try (Reader reader =
        new InputStreamReader(
            requireNonNull(getClass().getResourceAsStream("/golden/schedules.json")),
            StandardCharsets.UTF_8)) {
      golden = new Gson().fromJson(reader, Golden.class);
    }
    assertThat(golden.runs()).hasSize(63);
    assertThat(golden.runs())
        .allSatisfy(
            run ->
                assertThat(factors(run.schedule(), run.rates().size()))
                    .containsExactly(Doubles.toArray(run.rates()), within(1e-12)));
  }

  @Test
  void the_provenance_tells_what_has_an_effect() {
    assertThat(LearningRateSchedule.constant().withWarmupSteps(5).asMap().toString())
        .isEqualTo("{schedule=constant, warmup_steps=5, warmup_ratio=0.0}");
    assertThat(LearningRateSchedule.warmupStableDecay(0.2).withMinimumRatio(0.1).asMap().toString())
        .isEqualTo(
            "{schedule=cosine, warmup_steps=0, warmup_ratio=0.0, decay_steps=0, decay_ratio=0.2,"
                + " minimum_ratio=0.1}");
  }

  @Test
  void a_decay_without_end_has_no_minimum() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRateSchedule.constant().withMinimumRatio(0.1))
        .withMessage(
            "decay steps, decay ratio and minimum ratio are for a decay that ends, which CONSTANT"
                + " does not");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRateSchedule.warmupStableDecay(0))
        .withMessage("decay ratio must be greater than 0 but was 0.0");
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
