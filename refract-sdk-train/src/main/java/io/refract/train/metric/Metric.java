package io.refract.train.metric;

import java.util.List;
import java.util.Map;

/**
 * Compares predicted texts with reference texts.
 *
 * <p>Implementations are immutable and thread-safe. All values of the metrics in this package lie
 * between 0 and 1, and a higher value is better.
 */
public interface Metric {

  /**
   * Returns the name of the value that stands for the whole metric, for example when an early stop
   * watches it. It is one of the keys that {@link #compute} gives.
   */
  String name();

  /**
   * Compares each prediction with the reference of the same index.
   *
   * @param predictions the texts that a model made
   * @param references the texts that were wanted, as many as predictions
   * @return the values by name, in a stable order; the names are the same whatever the texts
   * @throws IllegalArgumentException when the lists differ in size or are empty
   */
  Map<String, Double> compute(List<String> predictions, List<String> references);
}
