package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.LinkedHashMap;
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
 */
public record AdamW(
    double learningRate, double weightDecay, double beta1, double beta2, double epsilon)
    implements Optimizer {

  private static final AdamW DEFAULTS = new AdamW(3e-4, 0.0, 0.9, 0.999, 1e-8);

  /** Checks the range of every value. */
  public AdamW {
    checkArgument(
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate must be greater than 0 but was %s",
        learningRate);
    checkArgument(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "weight decay must not be negative but was %s",
        weightDecay);
    checkArgument(
        beta1 >= 0 && beta1 < 1, "beta1 must be at least 0 and below 1 but was %s", beta1);
    checkArgument(
        beta2 >= 0 && beta2 < 1, "beta2 must be at least 0 and below 1 but was %s", beta2);
    checkArgument(
        epsilon > 0 && Double.isFinite(epsilon),
        "epsilon must be greater than 0 but was %s",
        epsilon);
  }

  /** Returns the defaults. */
  public static AdamW defaults() {
    return DEFAULTS;
  }

  @Override
  public AdamW withLearningRate(double value) {
    return new AdamW(value, weightDecay, beta1, beta2, epsilon);
  }

  @Override
  public AdamW withWeightDecay(double value) {
    return new AdamW(learningRate, value, beta1, beta2, epsilon);
  }

  /** Returns these settings with other decays of the two running means. */
  public AdamW withBetas(double first, double second) {
    return new AdamW(learningRate, weightDecay, first, second, epsilon);
  }

  /** Returns these settings with another epsilon. */
  public AdamW withEpsilon(double value) {
    return new AdamW(learningRate, weightDecay, beta1, beta2, value);
  }

  @Override
  public Map<String, String> asMap() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("optimizer", "adamw");
    values.put("learning_rate", Double.toString(learningRate));
    values.put("weight_decay", Double.toString(weightDecay));
    values.put("beta1", Double.toString(beta1));
    values.put("beta2", Double.toString(beta2));
    values.put("epsilon", Double.toString(epsilon));
    return values;
  }
}
