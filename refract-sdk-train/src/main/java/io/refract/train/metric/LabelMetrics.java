package io.refract.train.metric;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a confusion matrix says of each label and of all of them. The formulas are those of
 * scikit-learn's {@code accuracy_score} and {@code precision_recall_fscore_support} with {@code
 * labels} given and {@code zero_division=0}.
 *
 * @param confusion how often each label was predicted for each label
 * @param accuracy the share of predictions that are right
 * @param labels the score of each label, in the order of the matrix
 * @param macro the plain mean over the labels, those without examples included
 * @param micro precision, recall and F1 of all labels' counts together; precision and recall are
 *     equal to the accuracy unless some predictions were none of the labels
 * @param weighted the mean over the labels, each as often as it has examples
 */
public record LabelMetrics(
    ConfusionMatrix confusion,
    double accuracy,
    List<LabelScore> labels,
    LabelScore macro,
    LabelScore micro,
    LabelScore weighted) {

  /** A label is cut to this width in the table of text. */
  private static final int WIDEST_LABEL = 40;

  private static final String HEADINGS = "  precision  recall     f1  support";

  /** Copies the list. */
  public LabelMetrics {
    labels = List.copyOf(labels);
  }

  /**
   * Returns what a confusion matrix says.
   *
   * @throws IllegalArgumentException if the matrix has no labels or counts nothing
   */
  public static LabelMetrics of(ConfusionMatrix confusion) {
    int size = confusion.labels().size();
    long[] predicted = new long[size];
    long[] support = new long[size];
    long all = 0;
    long hits = 0;
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        long count = confusion.counts().get(row).get(column);
        predicted[column] += count;
        support[row] += count;
        hits += row == column ? count : 0;
      }
      support[row] += confusion.other().get(row);
      all += support[row];
    }
    checkArgument(all > 0, "a confusion matrix must count at least 1 example");
    List<LabelScore> scores = new ArrayList<>();
    long inLabels = 0;
    for (int i = 0; i < size; i++) {
      long right = confusion.counts().get(i).get(i);
      scores.add(LabelScore.of(confusion.labels().get(i), right, predicted[i], support[i]));
      inLabels += predicted[i];
    }
    return new LabelMetrics(
        confusion,
        (double) hits / all,
        scores,
        mean("macro", scores, all, score -> 1.0 / size),
        LabelScore.of("micro", hits, inLabels, all),
        mean("weighted", scores, all, weightOf(all)));
  }

  private static ToDoubleFunction<LabelScore> weightOf(long all) {
    return score -> (double) score.support() / all;
  }

  private static LabelScore mean(
      String name, List<LabelScore> scores, long all, ToDoubleFunction<LabelScore> weight) {
    return new LabelScore(
        name,
        scores.stream().mapToDouble(s -> weight.applyAsDouble(s) * s.precision()).sum(),
        scores.stream().mapToDouble(s -> weight.applyAsDouble(s) * s.recall()).sum(),
        scores.stream().mapToDouble(s -> weight.applyAsDouble(s) * s.f1()).sum(),
        all);
  }

  /** Returns how many predictions were none of the labels. */
  public long other() {
    return confusion.other().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns a table of text with a row for each label and each mean, for a person to read. */
  public String table() {
    int width =
        Math.max(8, labels.stream().mapToInt(score -> shown(score).length()).max().orElse(0));
    StringBuilder table = new StringBuilder(" ".repeat(width)).append(HEADINGS).append('\n');
    labels.forEach(score -> table.append(row(score, width)));
    table.append('\n');
    List.of(macro, micro, weighted).forEach(score -> table.append(row(score, width)));
    table.append(
        String.format(
            Locale.ROOT,
            "accuracy %.4f of %d examples; %d predictions were none of the labels\n",
            accuracy,
            macro.support(),
            other()));
    return table.toString();
  }

  private static String row(LabelScore score, int width) {
    return String.format(
        Locale.ROOT,
        "%s  %9.4f %7.4f %6.4f %8d\n",
        Strings.padEnd(shown(score), width, ' '),
        score.precision(),
        score.recall(),
        score.f1(),
        score.support());
  }

  private static String shown(LabelScore score) {
    String label = score.label().replaceAll("\\p{Cntrl}", " ");
    return label.length() <= WIDEST_LABEL ? label : label.substring(0, WIDEST_LABEL - 1) + "…";
  }
}
