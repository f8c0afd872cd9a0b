package io.refract.train.report;

import io.refract.train.metric.ConfusionMatrix;
import io.refract.train.metric.LabelMetrics;
import io.refract.train.metric.LabelScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the labels of a classification are told apart: matrix, mistakes, and a row for each label.
 */
final class LabelSection {

  private static final int MOST_MISTAKES = 15;
  private static final int MOST_ROWS = 1000;

  /** A label that was taken for another. */
  private record Mistake(String label, String predicted, long count, long support) {}

  private LabelSection() {}

  static void draw(Html html, ConfusionMatrix matrix) {
    long all =
        Stream.concat(matrix.counts().stream().flatMap(List::stream), matrix.other().stream())
            .mapToLong(Long::longValue)
            .sum();
    if (all == 0) {
      return;
    }
    LabelMetrics metrics = LabelMetrics.of(matrix);
    html.open("section", "id", "labels").element("h2", "Labels");
    html.element(
        "p",
        "Accuracy %s over %s examples of %s labels; %s predictions were none of the labels."
            .formatted(
                Numbers.value(metrics.accuracy()),
                Numbers.count(all),
                Numbers.count(matrix.labels().size()),
                Numbers.count(metrics.other())));
    if (matrix.labels().size() > MatrixChart.MOST_LABELS) {
      html.element("p", "A matrix of so many labels could not be read.", "class", "note");
    }
    MatrixChart.draw(html, matrix);
    html.open("div", "class", "columns");
    scores(html, metrics);
    mistakes(html, mistakes(matrix));
    html.close().close();
  }

  private static void scores(Html html, LabelMetrics metrics) {
    html.open("div").element("h3", "Each label").open("div", "class", "scroll tall");
    Table.open(html, "label", "precision", "recall", "F1", "support");
    row(html, metrics.macro(), " mean");
    row(html, metrics.micro(), " mean");
    row(html, metrics.weighted(), " mean");
    metrics.labels().stream().limit(MOST_ROWS).forEach(score -> row(html, score, ""));
    html.close().close().close();
    if (metrics.labels().size() > MOST_ROWS) {
      int more = metrics.labels().size() - MOST_ROWS;
      html.element("p", "and " + Numbers.count(more) + " labels more", "class", "note");
    }
    html.close();
  }

  private static void row(Html html, LabelScore score, String suffix) {
    String kind = suffix.isEmpty() ? "" : "mean";
    Table.row(
        html,
        kind,
        score.label() + suffix,
        Numbers.value(score.precision()),
        Numbers.value(score.recall()),
        Numbers.value(score.f1()),
        Numbers.count(score.support()));
  }

  private static List<Mistake> mistakes(ConfusionMatrix matrix) {
    List<Mistake> mistakes = new ArrayList<>();
    for (int row = 0; row < matrix.labels().size(); row++) {
      String label = matrix.labels().get(row);
      List<Long> counts = matrix.counts().get(row);
      long other = matrix.other().get(row);
      long support = other + counts.stream().mapToLong(Long::longValue).sum();
      for (int column = 0; column < counts.size(); column++) {
        if (column != row && counts.get(column) > 0) {
          mistakes.add(
              new Mistake(label, matrix.labels().get(column), counts.get(column), support));
        }
      }
      if (other > 0) {
        mistakes.add(new Mistake(label, "none of the labels", other, support));
      }
    }
    mistakes.sort(Comparator.comparingLong(Mistake::count).reversed());
    return mistakes;
  }

  private static void mistakes(Html html, List<Mistake> mistakes) {
    html.open("div").element("h3", "Most frequent mistakes");
    if (mistakes.isEmpty()) {
      html.element("p", "none", "class", "note").close();
      return;
    }
    html.open("div", "class", "scroll mistakes");
    Table.open(html, "true label", "predicted", "count", "of examples");
    mistakes.stream()
        .limit(MOST_MISTAKES)
        .forEach(
            mistake ->
                Table.row(
                    html,
                    "words2",
                    mistake.label(),
                    mistake.predicted(),
                    Numbers.count(mistake.count()),
                    Numbers.count(mistake.support())));
    html.close().close().close().close();
  }
}
