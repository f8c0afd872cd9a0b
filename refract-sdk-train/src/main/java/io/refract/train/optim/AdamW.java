package io.refract.train.optim;

import java.util.Map;

/**
 * The settings of AdamW: Adam with decoupled weight decay.
 *
 * <p>With gradient {@code g} of step {@code t}, learning rate {@code r}, decay {@code d}:
 *
 * <pre>
 *   w = w - r d w
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g g
 *   w = w - r (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2,
 * in the form of {@code torch.optim.AdamW}. As in Hugging Face's {@code Trainer}, gains of layer
 * norms and relative position biases do not decay.
 *
 * @param learningRate the peak of the schedule; default 3e-4
 * @param weightDecay decoupled decay per unit of learning rate; default 0
 * @param beta1 decay of the gradient's running mean; default 0.9
 * @param beta2 decay of the squared gradient's running mean; default 0.999
 * @param epsilon keeps the division finite; default 1e-8
 * @param noDecay which parameters do not decay; default {@link Optimizer#DEFAULT_NO_DECAY}
 */
public record AdamW(
    double learningRate,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    String noDecay)
    implements Optimizer {

  private static final AdamW DEFAULTS = new AdamW(3e-4, 0.0, 0.9, 0.999, 1e-8, DEFAULT_NO_DECAY);

  /** Checks the range of every value. */
  public AdamW {
    Settings.checkRates(learningRate, weightDecay, noDecay);
    Settings.checkBeta("beta1", beta1);
    Settings.checkBeta("beta2", beta2);
    Settings.checkPositive("epsilon", epsilon);
  }

  /** Returns the defaults. */
  public static AdamW defaults() {
    return DEFAULTS;
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public AdamW withLearningRate(double value) {
    return new AdamW(value, weightDecay, beta1, beta2, epsilon, noDecay);
  }

  @Override
  public AdamW withWeightDecay(double value) {
    return new AdamW(learningRate, value, beta1, beta2, epsilon, noDecay);
  }

  @Override
  public AdamW withNoDecay(String value) {
    return new AdamW(learningRate, weightDecay, beta1, beta2, epsilon, value);
  }

  /** Returns these settings with other decays of the two running means. */
  public AdamW withBetas(double first, double second) {
    return new AdamW(learningRate, weightDecay, first, second, epsilon, noDecay);
  }

  /** Returns these settings with another epsilon. */
  public AdamW withEpsilon(double value) {
    return new AdamW(learningRate, weightDecay, beta1, beta2, value, noDecay);
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
