package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** A running optimizer. Not thread-safe. */
public interface ParameterUpdater extends AutoCloseable {

  /** Updates every parameter from the gradient it holds, and leaves the gradients as they are. */
  void step(double learningRate, double gradientScale);

  /** Returns how many updates were made. */
  int steps();

  /** Returns the arrays that the next update depends on, by names that do not change. */
  Map<String, NDArray> state();

  /** Continues after so many updates; the arrays of {@link #state()} were filled before. */
  void restore(int steps);

  @Override
  void close();
}
