package io.refract.train.optim;

import java.util.Map;

/**
 * The settings of AdamW whose step is scaled by the size of the parameter, with which a T5 learns
 * from nothing where plain AdamW diverges.
 *
 * <p>With gradient {@code g} of step {@code t}, learning rate {@code r}, decay {@code d}, and
 * {@code RMS(w) = sqrt(mean(w^2))} of the parameter before the update:
 *
 * <pre>
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g g
 *   w = w - r max(0.001, RMS(w)) sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)
 *   w = w - r d w
 * </pre>
 *
 * <p>Source: Nawrot, "nanoT5" (2023), section 3.1, where it trains better than Adafactor, together
 * with a cosine schedule. The scale is that of Shazeer and Stern, "Adafactor" (ICML 2018), section
 * 8.
 *
 * @param learningRate the peak of the schedule, relative to the parameter; default 2e-2
 * @param weightDecay decoupled decay per unit of learning rate; default 0
 * @param beta1 decay of the gradient's running mean; default 0.9
 * @param beta2 decay of the squared gradient's running mean; default 0.999
 * @param epsilon keeps the division finite; default 1e-6
 * @param noDecay which parameters do not decay; default {@link Optimizer#DEFAULT_NO_DECAY}
 */
public record ScaledAdamW(
    double learningRate,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    String noDecay)
    implements Optimizer {

  private static final ScaledAdamW DEFAULTS =
      new ScaledAdamW(2e-2, 0.0, 0.9, 0.999, 1e-6, DEFAULT_NO_DECAY);

  /** Checks the range of every value. */
  public ScaledAdamW {
    Settings.checkRates(learningRate, weightDecay, noDecay);
    Settings.checkBeta("beta1", beta1);
    Settings.checkBeta("beta2", beta2);
    Settings.checkPositive("epsilon", epsilon);
  }

  /** Returns the defaults. */
  public static ScaledAdamW defaults() {
    return DEFAULTS;
  }

  @Override
  public String name() {
    return "scaled_adamw";
  }

  @Override
  public ScaledAdamW withLearningRate(double value) {
    return new ScaledAdamW(value, weightDecay, beta1, beta2, epsilon, noDecay);
  }

  @Override
  public ScaledAdamW withWeightDecay(double value) {
    return new ScaledAdamW(learningRate, value, beta1, beta2, epsilon, noDecay);
  }

  @Override
  public ScaledAdamW withNoDecay(String value) {
    return new ScaledAdamW(learningRate, weightDecay, beta1, beta2, epsilon, value);
  }

  /** Returns these settings with other decays of the two running means. */
  public ScaledAdamW withBetas(double first, double second) {
    return new ScaledAdamW(learningRate, weightDecay, first, second, epsilon, noDecay);
  }

  /** Returns these settings with another epsilon. */
  public ScaledAdamW withEpsilon(double value) {
    return new ScaledAdamW(learningRate, weightDecay, beta1, beta2, value, noDecay);
  }

  @Override
  public Map<String, String> asMap() {
    Map<String, String> values = Settings.asMap(this);
    values.put("beta1", Double.toString(beta1));
    values.put("beta2", Double.toString(beta2));
    values.put("epsilon", Double.toString(epsilon));
    return values;
  }
}
