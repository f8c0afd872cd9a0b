package io.refract.train.metric;

import static io.refract.train.metric.TextPairs.checkPairs;

import java.util.List;
import java.util.Map;

/**
 * The share of predictions that equal their reference, {@code exact_match} between 0 and 1.
 *
 * <p>White space at both ends does not count; everything else does, letter case included.
 */
public final class ExactMatch implements Metric {

  private static final String NAME = "exact_match";

  /** Creates the metric. */
  public ExactMatch() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Double> compute(List<String> predictions, List<String> references) {
    checkPairs(predictions, references);
    int equal = 0;
    for (int i = 0; i < predictions.size(); i++) {
      equal += predictions.get(i).strip().equals(references.get(i).strip()) ? 1 : 0;
    }
    return Map.of(NAME, (double) equal / predictions.size());
  }

  @Override
  public String toString() {
    return "ExactMatch";
  }
}
