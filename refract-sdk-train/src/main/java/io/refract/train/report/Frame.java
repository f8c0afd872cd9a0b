package io.refract.train.report;

import static io.refract.train.report.Numbers.pixel;

/** The axes of a chart: grid lines, ticks with their values, and the name of the lower axis. */
final class Frame {

  private Frame() {}

  /**
   * Draws axes into an open SVG element; positions in pixels.
   *
   * @param left where the lower axis begins
   * @param right where it ends
   * @param top where the upright axis ends
   * @param bottom where it begins
   * @param name what the lower axis counts
   */
  static void draw(
      Html html, Axis x, Axis y, int left, int right, int top, int bottom, String name) {
    for (double tick : y.ticks()) {
      String at = pixel(y.position(tick, bottom, top));
      html.empty("line", "class", "grid", "x1", left + "", "x2", right + "", "y1", at, "y2", at);
      html.element(
          "text",
          y.label(tick),
          "class",
          "tick end",
          "x",
          (left - 8) + "",
          "y",
          at,
          "dy",
          "0.35em");
    }
    for (double tick : x.ticks()) {
      String at = pixel(x.position(tick, left, right));
      html.empty(
          "line", "class", "axis", "x1", at, "x2", at, "y1", bottom + "", "y2", (bottom + 5) + "");
      html.element("text", x.label(tick), "class", "tick middle", "x", at, "y", (bottom + 18) + "");
    }
    html.empty(
        "line",
        "class",
        "axis",
        "x1",
        left + "",
        "x2",
        right + "",
        "y1",
        bottom + "",
        "y2",
        bottom + "");
    html.element("text", name, "class", "tick end", "x", right + "", "y", (bottom + 34) + "");
  }
}
