package io.refract.train.t5.internal;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Zeroes elements at random in training, and scales the rest up. The random numbers of each part of
 * a network start from a seed of the part's own, so that a part that is computed twice is computed
 * with the same zeros, on every device and whatever other threads draw.
 *
 * <p>Probabilities are rounded to multiples of 2^-15. Source: Srivastava et al., "Dropout: A Simple
 * Way to Prevent Neural Networks from Overfitting" (JMLR 2014), scaled in training in place of at
 * test time.
 *
 * <p>What {@link #of} returns is immutable; a {@link #part} belongs to one thread.
 */
public final class Dropout {

  /** No dropout, as in evaluation and generation. */
  public static final Dropout NONE = new Dropout(0, 0, null);

  private final double rate;
  private final long seed;
  private final @Nullable RandomZeros zeros; // of a part

  private Dropout(double rate, long seed, @Nullable RandomZeros zeros) {
    this.rate = rate;
    this.seed = seed;
    this.zeros = zeros;
  }

  /**
   * Returns the dropout of one batch in training.
   *
   * @param rate the probability of each zero; 0 or more, below 1
   * @param seed the seed of the batch
   */
  public static Dropout of(double rate, long seed) {
    checkArgument(rate >= 0 && rate < 1, "dropout must be at least 0 and below 1 but was %s", rate);
    return new Dropout(rate, seed, null);
  }

  /** Returns the dropout of a part of the network, from its first random number on. */
  public Dropout part(long number) {
    return this == NONE
        ? this
        : new Dropout(rate, seed, new RandomZeros(Seeds.derive(seed, number)));
  }

  /** Returns the dropout of some rows of the batch, which are computed by themselves. */
  public Dropout share(int number) {
    return this == NONE || number == 0 ? this : of(rate, Seeds.derive(seed, -number));
  }

  /** Returns the probability of a zero; 0 when there is no dropout. */
  public double rate() {
    return rate;
  }

  /** Returns whether elements are zeroed with the given probability. */
  public boolean applies(double ownRate) {
    return this != NONE && ones(ownRate) > 0;
  }

  private static int ones(double rate) {
    return Math.min((int) Math.round(rate * RandomZeros.NUMBERS), RandomZeros.NUMBERS - 1);
  }

  /** Returns what the elements that stay are multiplied with. */
  public static double scale(double rate) {
    return (double) RandomZeros.NUMBERS / (RandomZeros.NUMBERS - ones(rate));
  }

  /**
   * Returns the elements of an array that become zeros.
   *
   * @param scope what the result belongs to
   * @param shape the shape of the array
   * @return true for each zero
   */
  public NDArray zeros(NDManager scope, Shape shape) {
    // A graph keeps it, so that the engine must own it.
    try (NDArray borrowed = scope.create(next(shape, rate), shape, DataType.BOOLEAN)) {
      return borrowed.duplicate();
    }
  }

  /** Returns {@code x} with zeros, and the rest scaled up by {@code 1 / (1 - rate)}. */
  public NDArray apply(NDArray x) {
    return apply(x, rate);
  }

  /** Returns {@code x} with zeros of another probability; unchanged when there is no dropout. */
  public NDArray apply(NDArray x, double ownRate) {
    if (!applies(ownRate)) {
      return x;
    }
    float scale = (float) scale(ownRate);
    ByteBuffer choices = next(x.getShape(), ownRate);
    float[] factors = new float[choices.remaining()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = choices.get(i) == 0 ? scale : 0f;
    }
    try (NDArray borrowed = x.getManager().create(factors, x.getShape());
        NDArray owned = borrowed.duplicate()) {
      return x.mul(owned);
    }
  }

  private ByteBuffer next(Shape shape, double ownRate) {
    checkState(zeros != null, "dropout is drawn for a part of a network, see part(..)");
    return zeros.next(Math.toIntExact(shape.size()), ones(ownRate));
  }
}
