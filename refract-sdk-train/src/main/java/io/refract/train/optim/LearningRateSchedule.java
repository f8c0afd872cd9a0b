package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The learning rate's course over a training: a linear warm-up from zero to the peak, then a decay.
 *
 * <p>The values are those of Hugging Face's {@code get_constant_schedule_with_warmup}, {@code
 * get_linear_schedule_with_warmup}, {@code get_cosine_schedule_with_warmup}, {@code
 * get_cosine_with_min_lr_schedule_with_warmup}, {@code get_inverse_sqrt_schedule} and {@code
 * get_wsd_schedule}: the first update of a training with warm-up has the learning rate 0, the first
 * without has the peak, and the last update of a decay is one step away from its end.
 *
 * @param decay how the rate falls; default {@link Decay#LINEAR}
 * @param warmupSteps updates of the warm-up; when greater than 0 it outranks {@code warmupRatio};
 *     default 0
 * @param warmupRatio the warm-up as a part of all updates, rounded up; default 0
 * @param decaySteps the last updates, over which the rate falls; before them it stays at the peak;
 *     when greater than 0 it outranks {@code decayRatio}; default 0
 * @param decayRatio the last part of all updates, over which the rate falls, rounded up; 0, the
 *     default, means all that comes after the warm-up
 * @param minimumRatio the end of the decay as a part of the peak; default 0. A schedule that stays
 *     at the peak for a while, and only such a one, also begins its warm-up there
 */
public record LearningRateSchedule(
    Decay decay,
    int warmupSteps,
    double warmupRatio,
    int decaySteps,
    double decayRatio,
    double minimumRatio) {

  private static final LearningRateSchedule LINEAR =
      new LearningRateSchedule(Decay.LINEAR, 0, 0.0, 0, 0.0, 0.0);

  /** The time scale of {@link Decay#INVERSE_SQUARE_ROOT} without warm-up, as in Hugging Face. */
  private static final int DEFAULT_TIME_SCALE = 10_000;

  /** What the learning rate does after the warm-up. */
  public enum Decay {
    /** It falls linearly. */
    LINEAR,
    /** It stays at the peak. */
    CONSTANT,
    /** It falls as the first half of a cosine's period. */
    COSINE,
    /**
     * It falls as {@code 1 - sqrt(x)}, fast at first. Source: Hägele et al., "Scaling Laws and
     * Compute-Optimal Training Beyond Fixed Training Durations" (NeurIPS 2024).
     */
    ONE_MINUS_SQUARE_ROOT,
    /** It falls as the inverse square root of the step, whatever the length of the training. */
    INVERSE_SQUARE_ROOT;

    private boolean hasEnd() {
      return this != CONSTANT && this != INVERSE_SQUARE_ROOT;
    }

    /** Returns the factor after a part of the decay, without regard to the minimum. */
    private double at(double progress) {
      return switch (this) {
        case LINEAR -> 1 - progress;
        case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
        case ONE_MINUS_SQUARE_ROOT -> 1 - Math.sqrt(progress);
        case CONSTANT, INVERSE_SQUARE_ROOT -> throw new IllegalStateException(this + " has no end");
      };
    }
  }

  /** Checks the range of every value. */
  public LearningRateSchedule {
    requireNonNull(decay, "decay");
    checkArgument(warmupSteps >= 0, "warm-up steps must not be negative but was %s", warmupSteps);
    checkRatio("warm-up ratio", warmupRatio);
    checkArgument(decaySteps >= 0, "decay steps must not be negative but was %s", decaySteps);
    checkRatio("decay ratio", decayRatio);
    checkRatio("minimum ratio", minimumRatio);
    checkArgument(
        decay.hasEnd() || (decaySteps == 0 && decayRatio == 0 && minimumRatio == 0),
        "decay steps, decay ratio and minimum ratio are for a decay that ends, which %s does not",
        decay);
  }

  private static void checkRatio(String name, double value) {
    checkArgument(value >= 0 && value <= 1, "%s must be between 0 and 1 but was %s", name, value);
  }

  /** Returns a linear decay without warm-up, the default of a training. */
  public static LearningRateSchedule linear() {
    return LINEAR;
  }

  /** Returns a constant learning rate without warm-up. */
  public static LearningRateSchedule constant() {
    return of(Decay.CONSTANT);
  }

  /** Returns a decay along half a cosine without warm-up. */
  public static LearningRateSchedule cosine() {
    return of(Decay.COSINE);
  }

  /**
   * Returns the peak times {@code 1 / sqrt(step / warm-up steps)} after the warm-up. Without
   * warm-up, 10,000 stands for its steps.
   */
  public static LearningRateSchedule inverseSquareRoot() {
    return of(Decay.INVERSE_SQUARE_ROOT);
  }

  /**
   * Returns a schedule that stays at the peak and falls along half a cosine at the end ({@link
   * #withDecay} takes another curve). Source: Hu et al., "MiniCPM" (2024), section 4.
   *
   * @param decayRatio the last part of all updates, over which the rate falls, greater than 0
   */
  public static LearningRateSchedule warmupStableDecay(double decayRatio) {
    checkArgument(decayRatio > 0, "decay ratio must be greater than 0 but was %s", decayRatio);
    return of(Decay.COSINE).withDecayRatio(decayRatio);
  }

  private static LearningRateSchedule of(Decay decay) {
    return new LearningRateSchedule(decay, 0, 0.0, 0, 0.0, 0.0);
  }

  /** Returns this schedule with another curve of the decay. */
  public LearningRateSchedule withDecay(Decay value) {
    return new LearningRateSchedule(
        value, warmupSteps, warmupRatio, decaySteps, decayRatio, minimumRatio);
  }

  /** Returns this schedule with a warm-up of a number of updates. */
  public LearningRateSchedule withWarmupSteps(int value) {
    return new LearningRateSchedule(
        decay, value, warmupRatio, decaySteps, decayRatio, minimumRatio);
  }

  /** Returns this schedule with a warm-up of a part of all updates. */
  public LearningRateSchedule withWarmupRatio(double value) {
    return new LearningRateSchedule(
        decay, warmupSteps, value, decaySteps, decayRatio, minimumRatio);
  }

  /** Returns this schedule with a decay over a number of updates at the end. */
  public LearningRateSchedule withDecaySteps(int value) {
    return new LearningRateSchedule(
        decay, warmupSteps, warmupRatio, value, decayRatio, minimumRatio);
  }

  /** Returns this schedule with a decay over the last part of all updates. */
  public LearningRateSchedule withDecayRatio(double value) {
    return new LearningRateSchedule(
        decay, warmupSteps, warmupRatio, decaySteps, value, minimumRatio);
  }

  /** Returns this schedule with a decay that ends at a part of the peak. */
  public LearningRateSchedule withMinimumRatio(double value) {
    return new LearningRateSchedule(decay, warmupSteps, warmupRatio, decaySteps, decayRatio, value);
  }

  /**
   * Returns what the peak is multiplied with for one update.
   *
   * @param step how many updates came before, from 0
   * @param totalSteps all updates of the training
   * @return a factor between 0 and 1
   */
  public double factor(int step, int totalSteps) {
    checkArgument(step >= 0, "step must not be negative but was %s", step);
    int warmup = steps(warmupSteps, warmupRatio, totalSteps);
    int falling = steps(decaySteps, decayRatio, totalSteps);
    if (step < warmup) {
      double part = step / (double) warmup;
      return falling > 0 ? raised(part) : part;
    }
    return switch (decay) {
      case CONSTANT -> 1.0;
      case INVERSE_SQUARE_ROOT -> {
        double timeScale = warmup > 0 ? warmup : DEFAULT_TIME_SCALE;
        yield 1 / Math.sqrt((step - warmup + timeScale) / timeScale);
      }
      case LINEAR, COSINE, ONE_MINUS_SQUARE_ROOT -> {
        int start = falling > 0 ? totalSteps - falling : warmup;
        double progress = (step - start) / (double) Math.max(1, totalSteps - start);
        yield progress < 0 ? 1.0 : raised(decay.at(Math.min(1, progress)));
      }
    };
  }

  private static int steps(int number, double ratio, int totalSteps) {
    return number > 0 ? number : (int) Math.ceil(totalSteps * ratio);
  }

  private double raised(double factor) {
    return factor * (1 - minimumRatio) + minimumRatio;
  }

  /** Returns the settings as plain values in a fixed order; what has no effect is left out. */
  public Map<String, String> asMap() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("schedule", decay.name().toLowerCase(Locale.ROOT));
    values.put("warmup_steps", Integer.toString(warmupSteps));
    values.put("warmup_ratio", Double.toString(warmupRatio));
    if (decay.hasEnd()) {
      values.put("decay_steps", Integer.toString(decaySteps));
      values.put("decay_ratio", Double.toString(decayRatio));
      values.put("minimum_ratio", Double.toString(minimumRatio));
    }
    return values;
  }
}
