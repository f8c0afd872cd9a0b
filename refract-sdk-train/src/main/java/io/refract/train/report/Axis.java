package io.refract.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear axis whose ticks are round: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param from the value at its start
 * @param to the value at its end, greater than the start
 * @param step the distance of two ticks
 */
record Axis(double from, double to, double step) {

  /**
   * Values that differ by less of their size are equal: no step would lead from one to the other.
   */
  private static final double EQUAL = 1e-9;

  /** Returns an axis that ends at ticks around the values. */
  static Axis around(double min, double max, int ticks) {
    double size = Math.max(Math.abs(min), Math.abs(max));
    double space = max - min > EQUAL * size ? 0 : size == 0 ? 1 : size / 10;
    double step = roundStep((max - min + 2 * space) / ticks);
    double from = Math.floor((min - space) / step + 1e-9) * step;
    return new Axis(from, Math.ceil((max + space) / step - 1e-9) * step, step);
  }

  /** Returns an axis of whole numbers that ends at the values, wherever the ticks are. */
  static Axis between(double min, double max, int ticks) {
    double end = max > min ? max : min + 1;
    return new Axis(min, end, Math.max(1, roundStep((end - min) / ticks)));
  }

  private static double roundStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    double digit = least / power;
    return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (double i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** Returns a tick's text, with the digits that its distance needs. */
  String label(double tick) {
    if (Math.abs(tick) < step / 2) {
      return "0";
    }
    if (Math.max(Math.abs(from), Math.abs(to)) < 1e-3) {
      return Numbers.scientific(tick, 1);
    }
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + Math.min(decimals, 6) + "f", tick);
  }

  /** Returns where a value lies when the axis goes from one pixel to another. */
  double position(double value, double fromPixel, double toPixel) {
    return fromPixel + (value - from) / (to - from) * (toPixel - fromPixel);
  }
}
