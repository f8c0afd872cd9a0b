package io.refract.train.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(axis::label).toList();
  }

  @Test
  void ticks_are_round_and_lie_around_the_values() {
    assertThat(labels(Axis.around(1.37, 3.52, 5)))
        .containsExactly("1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0");
    assertThat(labels(Axis.around(0, 2.9e-4, 5))).containsExactly("0", "1e-4", "2e-4", "3e-4");
    assertThat(labels(Axis.around(-0.4, 0.4, 4)))
        .containsExactly("-0.4", "-0.2", "0", "0.2", "0.4");
    assertThat(labels(Axis.around(0, 41_000, 4)))
        .containsExactly("0", "20,000", "40,000", "60,000");
  }

  @Test
  void steps_are_whole_and_end_where_the_training_ended() {
    Axis axis = Axis.between(0, 10_100, 7);
    assertThat(labels(axis)).containsExactly("0", "2,000", "4,000", "6,000", "8,000", "10,000");
    assertThat(axis.position(10_100, 10, 110)).isEqualTo(110);
    assertThat(labels(Axis.between(0, 3, 7))).containsExactly("0", "1", "2", "3");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "-3, -3", "1e-9, 1e-9", "5, 5"})
  void equal_values_get_space_around_them(double min, double max) {
    Axis axis = Axis.around(min, max, 5);
    assertThat(axis.from()).isLessThan(min);
    assertThat(axis.to()).isGreaterThan(max);
    assertThat(axis.ticks()).hasSizeBetween(3, 8);
    assertThat(Axis.between(min, max, 5).to()).isGreaterThan(max);
  }

  /** No step of a double leads from one to the other, so that ticks would never end. */
  @ParameterizedTest
  @CsvSource({
    "0.9999999999999999, 1",
    "-1, -0.9999999999999999",
    "1e6, 1000000.0000000001",
    "-1e-17, 1e-17",
  })
  void values_that_differ_by_rounding_alone_have_few_ticks(double min, double max) {
    Axis axis = Axis.around(min, max, 5);
    assertThat(axis.from()).isLessThanOrEqualTo(min);
    assertThat(axis.to()).isGreaterThanOrEqualTo(max);
    assertThat(axis.ticks()).hasSizeBetween(3, 8);
  }
}
