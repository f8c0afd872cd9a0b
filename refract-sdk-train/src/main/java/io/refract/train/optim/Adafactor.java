package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * The settings of Adafactor, which keeps the running mean of the squared gradient of a matrix as
 * one number per row and one per column.
 *
 * <p>With gradient {@code g} of step {@code t} and learning rate {@code r}, for a matrix {@code w};
 * {@code RMS(x) = sqrt(mean(x^2))}:
 *
 * <pre>
 *   b = 1 - t^decayRate
 *   row = b row + (1 - b) (mean of g^2 + squareEpsilon over each row)
 *   column = b column + (1 - b) (mean of g^2 + squareEpsilon over each column)
 *   u = g / sqrt(row column / mean(row))
 *   u = u / max(1, RMS(u) / clipThreshold)
 *   a = r max(scaleEpsilon, RMS(w)) with scaleParameter, or else r
 *   m = beta1 m + (1 - beta1) a u with beta1, or else a u
 *   w = w - a weightDecay w - m
 * </pre>
 *
 * <p>A vector has a running mean for each of its elements. Source: Shazeer and Stern, "Adafactor:
 * Adaptive Learning Rates with Sublinear Memory Cost" (ICML 2018), algorithms 4 and 5, in the form
 * of {@code transformers.optimization.Adafactor} with {@code relative_step=False}; the learning
 * rate that falls with the steps is {@link LearningRateSchedule#inverseSquareRoot()}.
 *
 * <p>The defaults are those for fine-tuning T5: a learning rate of 1e-3, best held constant ({@link
 * LearningRateSchedule#constant()}), no {@code scaleParameter}, and no clipping of the gradients
 * besides, since each update is clipped already.
 *
 * @param learningRate the peak of the schedule; default 1e-3
 * @param weightDecay decoupled decay per unit of learning rate; default 0
 * @param squareEpsilon added to the squared gradient; default 1e-30
 * @param scaleEpsilon the least size of a parameter for {@code scaleParameter}; default 1e-3
 * @param clipThreshold the limit for the RMS of an update before the learning rate; default 1
 * @param decayRate the exponent of the running mean's decay, below 0; default -0.8
 * @param beta1 decay of the update's running mean, or empty for none, which is the default
 * @param scaleParameter whether the learning rate is relative to the size of the parameter; default
 *     false
 * @param noDecay which parameters do not decay; default {@link Optimizer#DEFAULT_NO_DECAY}
 */
public record Adafactor(
    double learningRate,
    double weightDecay,
    double squareEpsilon,
    double scaleEpsilon,
    double clipThreshold,
    double decayRate,
    OptionalDouble beta1,
    boolean scaleParameter,
    String noDecay)
    implements Optimizer {

  private static final Adafactor DEFAULTS =
      new Adafactor(
          1e-3, 0.0, 1e-30, 1e-3, 1.0, -0.8, OptionalDouble.empty(), false, DEFAULT_NO_DECAY);

  /** Less than this is zero in float32, and would let an update divide by zero. */
  private static final double LEAST_SQUARE = 1e-37;

  /** Checks the range of every value. */
  public Adafactor {
    Settings.checkRates(learningRate, weightDecay, noDecay);
    checkArgument(
        squareEpsilon >= LEAST_SQUARE && Double.isFinite(squareEpsilon),
        "square epsilon must be at least %s but was %s",
        LEAST_SQUARE,
        squareEpsilon);
    Settings.checkPositive("scale epsilon", scaleEpsilon);
    Settings.checkPositive("clip threshold", clipThreshold);
    checkArgument(
        decayRate < 0 && Double.isFinite(decayRate),
        "decay rate must be below 0 but was %s",
        decayRate);
    beta1.ifPresent(value -> Settings.checkBeta("beta1", value));
  }

  /** Returns the defaults, which are those for fine-tuning T5. */
  public static Adafactor defaults() {
    return DEFAULTS;
  }

  @Override
  public String name() {
    return "adafactor";
  }

  /** Returns 0: Adafactor clips its updates, and should not be given clipped gradients. */
  @Override
  public double recommendedMaxGradientNorm() {
    return 0.0;
  }

  @Override
  public Adafactor withLearningRate(double value) {
    return new Adafactor(
        value,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        decayRate,
        beta1,
        scaleParameter,
        noDecay);
  }

  @Override
  public Adafactor withWeightDecay(double value) {
    return new Adafactor(
        learningRate,
        value,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        decayRate,
        beta1,
        scaleParameter,
        noDecay);
  }

  @Override
  public Adafactor withNoDecay(String value) {
    return new Adafactor(
        learningRate,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        decayRate,
        beta1,
        scaleParameter,
        value);
  }

  /** Returns these settings with other limits of the squared gradient and the parameter's size. */
  public Adafactor withEpsilons(double square, double scale) {
    return new Adafactor(
        learningRate,
        weightDecay,
        square,
        scale,
        clipThreshold,
        decayRate,
        beta1,
        scaleParameter,
        noDecay);
  }

  /** Returns these settings with another limit for an update. */
  public Adafactor withClipThreshold(double value) {
    return new Adafactor(
        learningRate,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        value,
        decayRate,
        beta1,
        scaleParameter,
        noDecay);
  }

  /** Returns these settings with another exponent of the running mean's decay. */
  public Adafactor withDecayRate(double value) {
    return new Adafactor(
        learningRate,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        value,
        beta1,
        scaleParameter,
        noDecay);
  }

  /** Returns these settings with a running mean of the updates, which costs as much as AdamW's. */
  public Adafactor withBeta1(double value) {
    return new Adafactor(
        learningRate,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        decayRate,
        OptionalDouble.of(value),
        scaleParameter,
        noDecay);
  }

  /** Returns these settings with a learning rate relative to the size of each parameter, or not. */
  public Adafactor withScaleParameter(boolean value) {
    return new Adafactor(
        learningRate,
        weightDecay,
        squareEpsilon,
        scaleEpsilon,
        clipThreshold,
        decayRate,
        beta1,
        value,
        noDecay);
  }

  @Override
  public Map<String, String> asMap() {
    Map<String, String> values = Settings.asMap(this);
    values.put("square_epsilon", Double.toString(squareEpsilon));
    values.put("scale_epsilon", Double.toString(scaleEpsilon));
    values.put("clip_threshold", Double.toString(clipThreshold));
    values.put("decay_rate", Double.toString(decayRate));
    beta1.ifPresent(value -> values.put("beta1", Double.toString(value)));
    values.put("scale_parameter", Boolean.toString(scaleParameter));
    return values;
  }
}
