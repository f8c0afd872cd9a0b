package io.refract.train.report;

import static io.refract.train.report.Numbers.pixel;

import io.refract.train.metric.ConfusionMatrix;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as SVG: a row for each true label, a column for each predicted one, shaded by
 * the share of the row. Small ones show their counts; cells without a count are not drawn.
 */
final class MatrixChart {

  /** More labels than this make no readable matrix. */
  static final int MOST_LABELS = 150;

  private static final int COUNTS_UP_TO = 15;
  private static final int LONGEST_LABEL = 26;
  private static final double LETTER = 6.4;
  private static final int GAP = 8;

  private final ConfusionMatrix matrix;
  private final int size;
  private final boolean withOther;
  private final int cell;
  private final int left;
  private final int top;

  private MatrixChart(ConfusionMatrix matrix) {
    this.matrix = matrix;
    this.size = matrix.labels().size();
    this.withOther = matrix.other().stream().anyMatch(count -> count > 0);
    this.cell = size <= COUNTS_UP_TO ? 46 : size <= 40 ? 20 : 13;
    int longest = matrix.labels().stream().mapToInt(label -> cut(label).length()).max().orElse(0);
    int text = (int) (Math.max(longest, withOther ? "no label".length() : 0) * LETTER);
    this.left = text + 30;
    this.top = text + 34;
  }

  /** Draws the matrix; nothing when there are more than {@link #MOST_LABELS}. */
  static void draw(Html html, ConfusionMatrix matrix) {
    if (!matrix.labels().isEmpty() && matrix.labels().size() <= MOST_LABELS) {
      new MatrixChart(matrix).draw(html);
    }
  }

  private void draw(Html html) {
    int width = left + size * cell + (withOther ? cell + GAP : 0) + 12;
    int height = top + size * cell + 6;
    html.open("div", "class", "scroll");
    html.open(
        "svg",
        "class",
        size <= COUNTS_UP_TO ? "matrix" : "matrix dense",
        "width",
        width + "",
        "height",
        height + "",
        "viewBox",
        "0 0 " + width + " " + height,
        "role",
        "img",
        "aria-label",
        "confusion matrix");
    html.element("text", "predicted →", "class", "tick", "x", left + "", "y", "12");
    html.element("text", "true ↓", "class", "tick end", "x", (left - 8) + "", "y", (top - 8) + "");
    for (int i = 0; i < size; i++) {
      labels(html, i);
    }
    if (withOther) {
      column(html, "no label", left + size * cell + GAP);
    }
    field(html, left, size * cell);
    for (int row = 0; row < size; row++) {
      row(html, row);
    }
    html.close().close().line();
  }

  private void field(Html html, int x, int width) {
    html.empty(
        "rect",
        "class",
        "field",
        "x",
        x + "",
        "y",
        top + "",
        "width",
        width + "",
        "height",
        (size * cell) + "");
    if (withOther) {
      html.empty(
          "rect",
          "class",
          "field",
          "x",
          (x + width + GAP) + "",
          "y",
          top + "",
          "width",
          cell + "",
          "height",
          (size * cell) + "");
    }
  }

  private void labels(Html html, int index) {
    String label = matrix.labels().get(index);
    double middle = top + (index + 0.5) * cell;
    html.open("text", "class", "tick end", "x", (left - 8) + "", "y", pixel(middle), "dy", "0.35em")
        .element("title", label)
        .text(cut(label))
        .close();
    column(html, label, left + index * cell);
  }

  private void column(Html html, String label, int x) {
    String at = pixel(x + cell / 2.0 + 4) + " " + (top - 6);
    html.open("text", "class", "tick", "transform", "translate(" + at + ") rotate(-90)")
        .element("title", label)
        .text(cut(label))
        .close();
  }

  private void row(Html html, int row) {
    List<Long> counts = matrix.counts().get(row);
    long all = matrix.other().get(row) + counts.stream().mapToLong(Long::longValue).sum();
    String label = matrix.labels().get(row);
    for (int column = 0; column < size; column++) {
      String kind = row == column ? "right" : "wrong";
      String what = label + " → " + matrix.labels().get(column);
      cell(html, kind, row, left + column * cell, counts.get(column), all, what);
    }
    if (withOther) {
      int x = left + size * cell + GAP;
      cell(html, "wrong", row, x, matrix.other().get(row), all, label + " → none of the labels");
    }
  }

  private void cell(Html html, String kind, int row, int x, long count, long all, String what) {
    if (count == 0) {
      return;
    }
    double share = (double) count / all;
    html.open(
            "rect",
            "class",
            "cell " + kind,
            "x",
            x + "",
            "y",
            (top + row * cell) + "",
            "width",
            (cell - 1) + "",
            "height",
            (cell - 1) + "",
            "fill-opacity",
            String.format(Locale.ROOT, "%.2f", 0.18 + 0.82 * share))
        .element("title", what + ": " + Numbers.share(count, all))
        .close();
    if (size <= COUNTS_UP_TO) {
      html.element(
          "text",
          Numbers.count(count),
          "class",
          share > 0.5 ? "count strong" : "count",
          "x",
          pixel(x + cell / 2.0),
          "y",
          pixel(top + (row + 0.5) * cell),
          "dy",
          "0.35em");
    }
  }

  private static String cut(String label) {
    return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL - 1) + "…";
  }
}
