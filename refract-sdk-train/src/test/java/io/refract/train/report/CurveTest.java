package io.refract.train.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CurveTest {

  private static Curve curve(double... values) {
    double[] steps = IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
    return new Curve("loss", 0, Curve.Look.LINE, steps, values);
  }

  @Test
  void a_thin_curve_keeps_its_ends_its_spikes_and_its_gaps() {
    double[] values = new double[10_000];
    Arrays.setAll(values, i -> Math.sin(i / 500.0));
    values[0] = 0.5;
    values[4321] = 9;
    values[7777] = -9;
    values[8888] = Double.NaN;
    Curve thin = curve(values).thinned(100);
    assertThat(thin.values()).hasSizeBetween(190, 210).contains(9, -9, Double.NaN);
    assertThat(thin.steps()).contains(1, 4322, 7778, 8889, 10_000).isSorted();
  }

  @Test
  void a_short_curve_is_not_thinned() {
    Curve curve = curve(3, 2, 1);
    assertThat(curve.thinned(2)).isSameAs(curve);
  }

  @Test
  void a_smooth_curve_starts_at_its_first_value_and_passes_over_gaps() {
    double[] values = new double[200];
    Arrays.fill(values, 2);
    values[50] = Double.NaN;
    assertThat(Arrays.stream(curve(values).smoothed("smooth", 1).values()).boxed())
        .allSatisfy(value -> assertThat(value).isEqualTo(2, within(1e-12)));
  }

  @Test
  void a_smooth_curve_swings_less() {
    double[] values = IntStream.range(0, 400).mapToDouble(i -> i % 2 == 0 ? 1 : 3).toArray();
    double[] smooth = curve(values).smoothed("smooth", 1).values();
    assertThat(Arrays.stream(smooth).skip(100).boxed())
        .allMatch(value -> value > 1.6 && value < 2.4);
  }
}
