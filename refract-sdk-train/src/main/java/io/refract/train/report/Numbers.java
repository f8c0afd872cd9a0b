package io.refract.train.report;

import java.time.Duration;
import java.util.Locale;

/** How numbers are written for a person. */
final class Numbers {

  private static final double SCIENTIFIC_BELOW = 1e-3;
  private static final double WHOLE_FROM = 1000;

  private Numbers() {}

  /** Returns a value with about four digits: 12,345, 1.235, 0.1235, 1.2e-4. */
  static String value(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "-infinite";
    }
    if (size >= WHOLE_FROM) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size == 0) {
      return "0";
    }
    if (size < SCIENTIFIC_BELOW) {
      return scientific(value, 2);
    }
    int decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Returns a mantissa of up to so many decimals and an exponent: 3e-4, 1.25e-5. */
  static String scientific(double value, int decimals) {
    String[] parts = String.format(Locale.ROOT, "%." + decimals + "e", value).split("e", -1);
    String mantissa = parts[0].contains(".") ? parts[0].replaceAll("\\.?0+$", "") : parts[0];
    return mantissa + "e" + Integer.parseInt(parts[1]);
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Returns a count and its share of a whole, unless either is 0: 12 (0.4 %). */
  static String share(long count, long whole) {
    return whole == 0 || count == 0
        ? count(count)
        : count(count) + String.format(Locale.ROOT, " (%.1f %%)", 100.0 * count / whole);
  }

  /** Returns a pixel position; a tenth of a pixel is enough. */
  static String pixel(double position) {
    String text = String.format(Locale.ROOT, "%.1f", position);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
    return seconds < 3600
        ? "%d min %02d s".formatted(seconds / 60, seconds % 60)
        : "%d h %02d min".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
