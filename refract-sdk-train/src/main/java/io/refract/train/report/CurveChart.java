package io.refract.train.report;

import static io.refract.train.report.Numbers.pixel;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Curves over the steps of a training, as SVG. */
final class CurveChart {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 280;
  private static final int LEFT = 62;
  private static final int RIGHT = WIDTH - 24;
  private static final int TOP = 10;
  private static final int BOTTOM = HEIGHT - 40;

  /** Two points for each pixel would be drawn at most. */
  private static final int BUCKETS = 400;

  /** Parts of the width that say under the mouse what they show. */
  private static final int HOVERS = 80;

  private static final int MOST_MARKS = 100;

  private final String title;
  private final List<Curve> curves;
  private final Axis x;
  private final Axis y;

  private CurveChart(String title, List<Curve> curves, Axis x, Axis y) {
    this.title = title;
    this.curves = curves;
    this.x = x;
    this.y = y;
  }

  /** Draws a chart whose upright axis holds the values. */
  static void draw(Html html, String title, List<Curve> curves) {
    draw(html, title, curves, DoubleStream.empty());
  }

  /** Draws a chart whose upright axis begins at zero, for amounts. */
  static void drawFromZero(Html html, String title, List<Curve> curves) {
    draw(html, title, curves, DoubleStream.of(0));
  }

  /** Draws nothing when no curve has a finite value. */
  private static void draw(Html html, String title, List<Curve> curves, DoubleStream more) {
    double[] finite =
        curves.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.values()))
            .filter(Double::isFinite)
            .toArray();
    if (finite.length == 0) {
      return;
    }
    double[] values = DoubleStream.concat(Arrays.stream(finite), more).sorted().toArray();
    double first = curves.stream().mapToDouble(curve -> curve.steps()[0]).min().orElse(0);
    double last =
        curves.stream()
            .mapToDouble(curve -> curve.steps()[curve.steps().length - 1])
            .max()
            .orElse(1);
    new CurveChart(
            title,
            curves,
            Axis.between(first <= 1 ? 0 : first, last, 7),
            Axis.around(values[0], values[values.length - 1], 5))
        .draw(html);
  }

  private void draw(Html html) {
    html.open("figure").element("h3", title);
    if (curves.size() > 1) {
      html.open("p", "class", "legend");
      curves.forEach(
          curve -> {
            String look = "swatch c" + curve.colour() + " " + look(curve);
            html.empty("i", "class", look);
            html.element("span", curve.name());
          });
      html.close();
    }
    html.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", title);
    Frame.draw(html, x, y, LEFT, RIGHT, TOP, BOTTOM, "step");
    curves.forEach(curve -> line(html, curve.thinned(BUCKETS)));
    hovers(html);
    curves.forEach(curve -> marks(html, curve));
    html.close().close().line();
  }

  private static String look(Curve curve) {
    return curve.look().name().toLowerCase(Locale.ROOT);
  }

  private double across(double step) {
    return x.position(step, LEFT, RIGHT);
  }

  private double up(double value) {
    return y.position(value, BOTTOM, TOP);
  }

  private void line(Html html, Curve curve) {
    StringBuilder path = new StringBuilder();
    boolean gap = true;
    for (int i = 0; i < curve.values().length; i++) {
      double value = curve.values()[i];
      if (Double.isFinite(value)) {
        path.append(gap ? "M" : "L").append(pixel(across(curve.steps()[i])));
        path.append(' ').append(pixel(up(value)));
      }
      gap = !Double.isFinite(value);
    }
    html.empty("path", "class", "curve c" + curve.colour() + " " + look(curve), "d", path + "");
  }

  private void marks(Html html, Curve curve) {
    int size = curve.values().length;
    if (size > MOST_MARKS || (size > 1 && curve.look() != Curve.Look.POINTS)) {
      return;
    }
    for (int i = 0; i < size; i++) {
      double value = curve.values()[i];
      if (Double.isFinite(value)) {
        html.open(
                "circle",
                "class",
                "mark c" + curve.colour(),
                "cx",
                pixel(across(curve.steps()[i])),
                "cy",
                pixel(up(value)),
                "r",
                "3.5")
            .element(
                "title",
                "%s at step %s: %s"
                    .formatted(
                        curve.name(), Numbers.count((long) curve.steps()[i]), Numbers.value(value)))
            .close();
      }
    }
  }

  private void hovers(Html html) {
    double width = (double) (RIGHT - LEFT) / HOVERS;
    double steps = (x.to() - x.from()) / HOVERS;
    for (int i = 0; i < HOVERS; i++) {
      String text = hover(x.from() + i * steps, x.from() + (i + 1) * steps);
      if (!text.isEmpty()) {
        html.open(
                "rect",
                "class",
                "hover",
                "x",
                pixel(LEFT + i * width),
                "y",
                pixel(TOP),
                "width",
                pixel(width),
                "height",
                pixel(BOTTOM - TOP))
            .element("title", text)
            .close();
      }
    }
  }

  /** What the curves show from one step to before another; empty for nothing. */
  private String hover(double from, double to) {
    StringBuilder text = new StringBuilder();
    for (Curve curve : curves) {
      int[] inside =
          IntStream.range(0, curve.steps().length)
              .filter(i -> curve.steps()[i] > from && curve.steps()[i] <= to)
              .filter(i -> Double.isFinite(curve.values()[i]))
              .toArray();
      if (inside.length > 0) {
        double min = IntStream.of(inside).mapToDouble(i -> curve.values()[i]).min().orElse(0);
        double max = IntStream.of(inside).mapToDouble(i -> curve.values()[i]).max().orElse(0);
        String range = Numbers.value(min);
        range += range.equals(Numbers.value(max)) ? "" : " to " + Numbers.value(max);
        if (text.length() == 0) {
          text.append(steps(curve.steps()[inside[0]], curve.steps()[inside[inside.length - 1]]));
        }
        text.append('\n').append(curve.name()).append(' ').append(range);
      }
    }
    return text.toString();
  }

  private static String steps(double first, double last) {
    String text = Numbers.count((long) first);
    return first == last ? "step " + text : "steps " + text + " to " + Numbers.count((long) last);
  }
}
