package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** An updater whose memory is an {@link UpdaterState}, which it owns. */
abstract class StatefulUpdater implements ParameterUpdater {

  final UpdaterState state;

  StatefulUpdater(UpdaterState state) {
    this.state = state;
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
