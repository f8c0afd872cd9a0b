package io.refract.train.optim.internal;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an optimizer remembers between updates: a number of steps, and arrays by name. */
final class UpdaterState implements AutoCloseable {

  private final NDManager manager;
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();
  private int steps;

  UpdaterState(NDManager parent, Map<String, NDArray> parameters) {
    checkArgument(!parameters.isEmpty(), "an optimizer needs at least one parameter");
    this.manager = parent.newSubManager();
  }

  /** Makes an array of zeros beside a parameter, on its device. */
  NDArray zeros(String parameter, String name, NDArray beside, Shape shape) {
    NDArray zeros = manager.zeros(shape, beside.getDataType(), beside.getDevice());
    arrays.put(parameter + "." + name, zeros);
    return zeros;
  }

  /** Returns a scope for the arrays of one update. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /** Counts an update and returns its number, from 1. */
  int next() {
    return ++steps;
  }

  int steps() {
    return steps;
  }

  void restore(int value) {
    checkArgument(value >= 0, "the number of updates must not be negative but was %s", value);
    steps = value;
  }

  Map<String, NDArray> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  @Override
  public void close() {
    manager.close();
  }
}
