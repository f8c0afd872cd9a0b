package io.refract.train.metric;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/** What every metric asks of its two lists. */
final class TextPairs {

  private TextPairs() {}

  static void checkPairs(List<String> predictions, List<String> references) {
    checkArgument(
        predictions.size() == references.size(),
        "there must be as many predictions as references but there are %s and %s",
        predictions.size(),
        references.size());
    checkArgument(!predictions.isEmpty(), "there must be at least 1 prediction");
  }
}
