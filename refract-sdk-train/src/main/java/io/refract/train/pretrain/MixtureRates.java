package io.refract.train.pretrain;

import com.google.common.primitives.Ints;
import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** How many examples of each task an epoch has; the formulas are at {@link TaskMixture}. */
final class MixtureRates {

  private MixtureRates() {}

  /**
   * Returns the examples of each task in an epoch.
   *
   * @param sizes how many examples each task has
   * @param limit the most with which a task counts
   * @param temperature at least 1
   * @param epochExamples how many all tasks together shall have; the sum of the rates if empty
   */
  static int[] counts(
      int[] sizes, OptionalInt limit, double temperature, OptionalInt epochExamples) {
    double[] rates = Arrays.stream(sizes).mapToDouble(e -> Math.min(e, limit.orElse(e))).toArray();
    int total = epochExamples.orElseGet(() -> Ints.checkedCast((long) Arrays.stream(rates).sum()));
    double[] scaled = Arrays.stream(rates).map(r -> Math.pow(r, 1 / temperature)).toArray();
    double sum = Arrays.stream(scaled).sum();
    double[] shares = Arrays.stream(scaled).map(s -> s / sum * total).toArray();
    return roundedTo(total, shares);
  }

  /** Rounds down, and gives what is missing to those that lost most. */
  private static int[] roundedTo(int total, double[] shares) {
    int[] counts = Arrays.stream(shares).mapToInt(share -> (int) share).toArray();
    int missing = total - Arrays.stream(counts).sum();
    IntStream.range(0, shares.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> counts[i] - shares[i]))
        .limit(missing)
        .forEach(i -> counts[i]++);
    return counts;
  }
}
