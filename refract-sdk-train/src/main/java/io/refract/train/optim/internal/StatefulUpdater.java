package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.function.Supplier;

/** An updater whose memory is an {@link UpdaterState}, which it owns. */
abstract class StatefulUpdater implements ParameterUpdater {

  final UpdaterState state;

  StatefulUpdater(UpdaterState state) {
    this.state = state;
  }

  /** Makes arrays of the state; when memory does not suffice for all, those made are freed. */
  final <T> T allocate(Supplier<T> arrays) {
    try {
      return arrays.get();
    } catch (RuntimeException | Error e) {
      state.close();
      throw e;
    }
  }

  @Override
  public int steps() {
    return state.steps();
  }

  @Override
  public Map<String, NDArray> state() {
    return state.arrays();
  }

  @Override
  public void restore(int steps) {
    state.restore(steps);
  }

  @Override
  public void close() {
    state.close();
  }
}
