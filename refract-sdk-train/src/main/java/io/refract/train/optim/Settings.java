package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The rules that the settings of all optimizers share. */
final class Settings {

  private Settings() {}

  static void checkRates(double learningRate, double weightDecay, String noDecay) {
    checkPositive("learning rate", learningRate);
    checkArgument(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "weight decay must not be negative but was %s",
        weightDecay);
    try {
      Pattern.compile(noDecay);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "noDecay must be a regular expression but was '%s': %s"
              .formatted(noDecay, e.getDescription()),
          e);
    }
  }

  static void checkPositive(String name, double value) {
    checkArgument(
        value > 0 && Double.isFinite(value), "%s must be greater than 0 but was %s", name, value);
  }

  static void checkBeta(String name, double value) {
    checkArgument(
        value >= 0 && value < 1, "%s must be at least 0 and below 1 but was %s", name, value);
  }

  /** Returns what all optimizers tell; the own settings are put behind it. */
  static Map<String, String> asMap(Optimizer optimizer) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("optimizer", optimizer.name());
    values.put("learning_rate", Double.toString(optimizer.learningRate()));
    values.put("weight_decay", Double.toString(optimizer.weightDecay()));
    values.put("no_decay", optimizer.noDecay());
    return values;
  }
}
