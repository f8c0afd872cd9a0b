package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import java.util.Map;

/**
 * A running optimizer: it updates parameters in place from the gradients that the engine
 * accumulated in them, and owns the state that the updates leave behind.
 *
 * <p>Not thread-safe.
 */
public interface ParameterUpdater extends AutoCloseable {

  /**
   * Starts an optimizer, with a state as before the first update.
   *
   * @param settings which one
   * @param manager what the state is allocated under
   * @param parameters the parameters by name, at least one; each is float32 and requires gradients
   */
  static ParameterUpdater of(
      Optimizer settings, NDManager manager, Map<String, NDArray> parameters) {
    if (settings instanceof AdamW adamW) {
      return new AdamWUpdater(adamW, manager, parameters);
    }
    if (settings instanceof Adafactor adafactor) {
      return new AdafactorUpdater(adafactor, manager, parameters);
    }
    return new ScaledAdamWUpdater((ScaledAdamW) settings, manager, parameters);
  }

  /**
   * Updates every parameter. Afterwards the gradients are of no use: they may be changed.
   *
   * @param learningRate the learning rate of this update, 0 or more
   * @param gradientScale what every gradient is multiplied with first, greater than 0
   */
  void step(double learningRate, double gradientScale);

  /** Returns how many updates were made. */
  int steps();

  /**
   * Returns the state by name, in a fixed order: the arrays themselves, to be saved, or to be
   * overwritten in place before {@link #restore}. A name is that of the parameter, a full stop, and
   * a name of {@code torch.optim}'s, such as {@code exp_avg}.
   */
  Map<String, NDArray> state();

  /**
   * Goes on where another run stopped, after its state was copied into {@link #state()}.
   *
   * @param steps how many updates that run had made
   */
  void restore(int steps);

  /** Frees the state. */
  @Override
  void close();
}
