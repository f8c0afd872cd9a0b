package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a network are made from: its parameters and dimensions, and how a part gets the
 * linear layer of a given name.
 *
 * @param config dimensions and dropout probability
 * @param parameters the parameters by their names in the checkpoint
 * @param adapter what is added to some linear layers, or null for nothing
 */
record Wiring(T5Config config, Map<String, NDArray> parameters, @Nullable T5Adapter adapter) {

  /** Returns a parameter that must be there. */
  NDArray parameter(String name) {
    return T5Parameters.get(parameters, name);
  }

  /**
   * Returns a linear layer.
   *
   * @param module its name in the checkpoint, without {@code .weight}
   */
  Linear linear(String module) {
    return new Linear(
        parameter(T5Parameters.weightOf(module)), adapter == null ? null : adapter.of(module));
  }
}
