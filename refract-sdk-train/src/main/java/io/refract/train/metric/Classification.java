package io.refract.train.metric;

import static com.google.common.base.Preconditions.checkArgument;
import static io.refract.train.metric.TextPairs.checkPairs;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares predicted labels with true labels: a classification whose labels are texts.
 *
 * <p>The values are {@code accuracy} (which stands for the whole), {@code macro_precision}, {@code
 * macro_recall}, {@code macro_f1}, {@code micro_f1} and {@code weighted_f1}, each between 0 and 1.
 * {@link #measure} gives more: the values of each label and the confusion matrix.
 *
 * <p>A prediction that is no label at all, which a model that writes text can always make, is
 * wrong, and counts as no label's prediction. White space at both ends of a text does not count;
 * everything else does, letter case included.
 *
 * <pre>{@code
 * LabelMetrics result = Classification.of("billing", "outage").measure(predictions, references);
 * System.err.println(result.table());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Classification implements Metric {

  private static final String NAME = "accuracy";

  /** The labels in the order of the matrix; empty when the references say which there are. */
  private final List<String> labels;

  private Classification(List<String> labels) {
    this.labels = labels;
  }

  /**
   * Returns the metric for the labels that its references hold, sorted as texts. A label that the
   * validation data lacks then counts as no label; name the labels to measure it too.
   */
  public static Classification ofReferences() {
    return new Classification(List.of());
  }

  /**
   * Returns the metric for given labels.
   *
   * @param labels the labels, in the order of every table
   * @throws IllegalArgumentException if there is none, or one is blank or stands twice
   */
  public static Classification of(String... labels) {
    return of(Arrays.asList(labels));
  }

  /**
   * Returns the metric for given labels.
   *
   * @param labels the labels, in the order of every table
   * @throws IllegalArgumentException if there is none, or one is blank or stands twice
   */
  public static Classification of(List<String> labels) {
    List<String> stripped = labels.stream().map(String::strip).toList();
    checkArgument(!stripped.isEmpty(), "there must be at least 1 label");
    Set<String> seen = new HashSet<>();
    for (String label : stripped) {
      checkArgument(!label.isEmpty(), "a label must not be blank");
      checkArgument(seen.add(label), "the label '%s' stands twice", label);
    }
    return new Classification(stripped);
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when the lists differ in size or are empty, or a reference is
   *     none of the given labels
   */
  @Override
  public Map<String, Double> compute(List<String> predictions, List<String> references) {
    LabelMetrics measured = measure(predictions, references);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(NAME, measured.accuracy());
    values.put("macro_precision", measured.macro().precision());
    values.put("macro_recall", measured.macro().recall());
    values.put("macro_f1", measured.macro().f1());
    values.put("micro_f1", measured.micro().f1());
    values.put("weighted_f1", measured.weighted().f1());
    return values;
  }

  /**
   * Compares each prediction with the reference of the same index.
   *
   * @param predictions the labels that a model wrote
   * @param references the true labels, as many as predictions
   * @throws IllegalArgumentException when the lists differ in size or are empty, or a reference is
   *     none of the given labels
   */
  public LabelMetrics measure(List<String> predictions, List<String> references) {
    checkPairs(predictions, references);
    List<String> truth = references.stream().map(String::strip).toList();
    List<String> order = labels.isEmpty() ? truth.stream().distinct().sorted().toList() : labels;
    Map<String, Integer> indexes = new HashMap<>();
    order.forEach(label -> indexes.put(label, indexes.size()));
    long[][] counts = new long[order.size()][order.size() + 1];
    for (int i = 0; i < truth.size(); i++) {
      Integer row = indexes.get(truth.get(i));
      checkArgument(
          row != null, "the reference '%s' is none of the %s labels", truth.get(i), order.size());
      counts[row][indexes.getOrDefault(predictions.get(i).strip(), order.size())]++;
    }
    return LabelMetrics.of(matrix(order, counts));
  }

  /** The last column holds what was none of the labels. */
  private static ConfusionMatrix matrix(List<String> labels, long[][] counts) {
    int size = labels.size();
    return new ConfusionMatrix(
        labels,
        Arrays.stream(counts).map(row -> Arrays.stream(row, 0, size).boxed().toList()).toList(),
        Arrays.stream(counts).map(row -> row[size]).toList());
  }

  @Override
  public String toString() {
    return "Classification" + (labels.isEmpty() ? "" : labels.toString());
  }
}
