package io.refract.train.report;

import static io.refract.train.report.Numbers.count;
import static io.refract.train.report.Numbers.pixel;

import io.refract.train.data.LengthHistogram;
import io.refract.train.data.LengthHistogram.Bin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lengths of texts as bars, with the length to which they are cut, as SVG. */
final class HistogramChart {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 230;
  private static final int LEFT = 62;
  private static final int RIGHT = WIDTH - 24;
  private static final int TOP = 24;
  private static final int BOTTOM = HEIGHT - 40;
  private static final int MOST_BARS = 80;

  /** A limit farther out than this, in greatest lengths, would make the bars too small. */
  private static final double FARTHEST_LIMIT = 1.6;

  private HistogramChart() {}

  /** Draws the histogram and says its numbers; only says so when there are no texts. */
  static void draw(Html html, String title, LengthHistogram lengths, int limit, long cut) {
    html.open("figure").element("h3", title);
    if (lengths.bins().isEmpty()) {
      html.element("p", "no texts", "class", "note").close();
      return;
    }
    List<Bin> bins = merged(lengths.bins());
    long most = bins.stream().mapToLong(Bin::count).max().orElse(1);
    boolean shown = limit <= lengths.max() * FARTHEST_LIMIT;
    int longest = bins.get(bins.size() - 1).to() + 1;
    Axis x = Axis.between(0, shown ? Math.max(longest, limit + 1) : longest, 8);
    Axis y = Axis.around(0, (double) Math.max(1, most), 4);
    html.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", title);
    Frame.draw(html, x, y, LEFT, RIGHT, TOP, BOTTOM, "tokens");
    bins.forEach(bin -> bar(html, bin, x, y, limit));
    if (shown) {
      limit(html, x.position(limit + 1, LEFT, RIGHT), limit);
    }
    html.close();
    String where = shown ? "" : ", which lies beyond the longest";
    html.element(
        "p",
        String.format(
            Locale.ROOT,
            "shortest %,d · median %,d · mean %,.1f · 95 %% up to %,d · longest %,d. Limit %,d"
                + "%s: %s cut.",
            lengths.min(),
            lengths.median(),
            lengths.mean(),
            lengths.percentile95(),
            lengths.max(),
            limit,
            where,
            cut == 0 ? "nothing is" : count(cut) + (cut == 1 ? " is" : " are")),
        "class",
        "note");
    html.close().line();
  }

  /** Puts neighbours together until the bars can be told apart. */
  private static List<Bin> merged(List<Bin> bins) {
    int together = (bins.size() + MOST_BARS - 1) / MOST_BARS;
    List<Bin> merged = new ArrayList<>();
    for (int i = 0; i < bins.size(); i += together) {
      List<Bin> part = bins.subList(i, Math.min(bins.size(), i + together));
      merged.add(
          new Bin(
              part.get(0).from(),
              part.get(part.size() - 1).to(),
              part.stream().mapToLong(Bin::count).sum()));
    }
    return merged;
  }

  private static void bar(Html html, Bin bin, Axis x, Axis y, int limit) {
    if (bin.count() == 0) {
      return;
    }
    double from = x.position(bin.from(), LEFT, RIGHT);
    double width = x.position(bin.to() + 1.0, LEFT, RIGHT) - from;
    double top = Math.min(y.position((double) bin.count(), BOTTOM, TOP), BOTTOM - 1);
    html.open(
            "rect",
            "class",
            bin.from() > limit ? "bar cut" : "bar",
            "x",
            pixel(from),
            "y",
            pixel(top),
            "width",
            pixel(Math.max(1, width - Math.min(1.5, width / 5))),
            "height",
            pixel(BOTTOM - top))
        .element(
            "title",
            "%s to %s tokens: %s texts"
                .formatted(count(bin.from()), count(bin.to()), count(bin.count())))
        .close();
  }

  private static void limit(Html html, double at, int limit) {
    html.empty(
        "line",
        "class",
        "limit",
        "x1",
        pixel(at),
        "x2",
        pixel(at),
        "y1",
        (TOP - 10) + "",
        "y2",
        BOTTOM + "");
    boolean leftOfIt = at > (LEFT + RIGHT) / 2.0;
    html.element(
        "text",
        "limit " + count(limit),
        "class",
        leftOfIt ? "tick warn end" : "tick warn",
        "x",
        pixel(at + (leftOfIt ? -5 : 5)),
        "y",
        (TOP - 3) + "");
  }
}
