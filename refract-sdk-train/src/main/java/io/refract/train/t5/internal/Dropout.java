package io.refract.train.t5.internal;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Zeroes elements at random in training. The random numbers of each part of a network start from a
 * seed of the part's own, so that a part that is computed twice is computed with the same zeros,
 * and nothing else that draws numbers changes them.
 *
 * <p>Immutable; but the engine has one generator for each device, so that two threads that train on
 * the same device change each other's zeros.
 */
public final class Dropout {

  /** No dropout, as in evaluation and generation. */
  public static final Dropout NONE = new Dropout(0, 0);

  private final double rate;
  private final long seed;

  private Dropout(double rate, long seed) {
    this.rate = rate;
    this.seed = seed;
  }

  /**
   * Returns the dropout of one batch in training.
   *
   * @param rate the probability of each zero; 0 or more, below 1
   * @param seed the seed of the batch
   */
  public static Dropout of(double rate, long seed) {
    checkArgument(rate >= 0 && rate < 1, "dropout must be at least 0 and below 1 but was %s", rate);
    return new Dropout(rate, seed);
  }

  /** Starts the random numbers of a part of the network. */
  public void begin(long part) {
    if (this != NONE) {
      JniUtils.setSeed(Seeds.derive(seed, part));
    }
  }

  /** Returns {@code x} with zeros, and the rest scaled up by {@code 1 / (1 - rate)}. */
  public NDArray apply(NDArray x) {
    return apply(x, rate);
  }

  /** Returns {@code x} with zeros of another probability; unchanged when there is no dropout. */
  public NDArray apply(NDArray x, double ownRate) {
    return this != NONE && ownRate > 0 ? JniUtils.dropout((PtNDArray) x, ownRate, true) : x;
  }
}
