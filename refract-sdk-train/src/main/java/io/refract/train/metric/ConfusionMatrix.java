package io.refract.train.metric;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/**
 * How often each label was predicted for each label.
 *
 * @param labels the labels, in the order of rows and columns
 * @param counts for each true label, a row with the count of each predicted label
 * @param other for each true label, how many predictions were none of the labels
 */
public record ConfusionMatrix(List<String> labels, List<List<Long>> counts, List<Long> other) {

  /** Copies the lists, and checks that the matrix is square. */
  public ConfusionMatrix {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
    other = List.copyOf(other);
    int size = labels.size();
    checkArgument(
        counts.size() == size
            && other.size() == size
            && counts.stream().allMatch(row -> row.size() == size),
        "a confusion matrix of %s labels needs as many rows, columns and other counts",
        size);
  }
}
