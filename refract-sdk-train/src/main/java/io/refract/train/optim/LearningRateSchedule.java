package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The learning rate's course over a training: a linear warm-up from zero to the peak, then a decay.
 *
 * <p>The values are those of Hugging Face's {@code get_linear_schedule_with_warmup} and {@code
 * get_constant_schedule_with_warmup}: the first update of a training with warm-up has the learning
 * rate 0, the first without has the peak, and the last update of a linear decay is one step away
 * from 0.
 *
 * @param decay what follows the warm-up; default {@link Decay#LINEAR}
 * @param warmupSteps updates of the warm-up; when greater than 0 it outranks {@code warmupRatio};
 *     default 0
 * @param warmupRatio the warm-up as a part of all updates, rounded up; default 0
 */
public record LearningRateSchedule(Decay decay, int warmupSteps, double warmupRatio) {

  private static final LearningRateSchedule LINEAR = new LearningRateSchedule(Decay.LINEAR, 0, 0.0);

  /** What the learning rate does after the warm-up. */
  public enum Decay {
    /** It falls linearly to 0 at the end of the training. */
    LINEAR,
    /** It stays at the peak. */
    CONSTANT
  }

  /** Checks the range of every value. */
  public LearningRateSchedule {
    requireNonNull(decay, "decay");
    checkArgument(warmupSteps >= 0, "warm-up steps must not be negative but was %s", warmupSteps);
    checkArgument(
        warmupRatio >= 0 && warmupRatio <= 1,
        "warm-up ratio must be between 0 and 1 but was %s",
        warmupRatio);
  }

  /** Returns a linear decay without warm-up, the default of a training. */
  public static LearningRateSchedule linear() {
    return LINEAR;
  }

  /** Returns a constant learning rate without warm-up. */
  public static LearningRateSchedule constant() {
    return new LearningRateSchedule(Decay.CONSTANT, 0, 0.0);
  }

  /** Returns this schedule with a warm-up of a number of updates. */
  public LearningRateSchedule withWarmupSteps(int value) {
    return new LearningRateSchedule(decay, value, warmupRatio);
  }

  /** Returns this schedule with a warm-up of a part of all updates. */
  public LearningRateSchedule withWarmupRatio(double value) {
    return new LearningRateSchedule(decay, warmupSteps, value);
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
    int warmup = warmupSteps > 0 ? warmupSteps : (int) Math.ceil(totalSteps * warmupRatio);
    if (step < warmup) {
      return step / (double) warmup;
    }
    return switch (decay) {
      case CONSTANT -> 1.0;
      case LINEAR -> Math.max(0.0, (totalSteps - step) / (double) Math.max(1, totalSteps - warmup));
    };
  }

  /** Returns every value by name. */
  public Map<String, String> asMap() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("schedule", decay.name().toLowerCase(Locale.ROOT));
    values.put("warmup_steps", Integer.toString(warmupSteps));
    values.put("warmup_ratio", Double.toString(warmupRatio));
    return values;
  }
}
