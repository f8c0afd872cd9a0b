package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.t5.internal.Execution;
import java.util.Map;

/**
 * What the parts of a network are made from: its parameters and dimensions, and how a part gets the
 * linear layer of a given name.
 *
 * @param config dimensions and dropout probability
 * @param parameters the parameters by their names in the checkpoint
 * @param execution how it is computed
 */
record Wiring(T5Config config, Map<String, NDArray> parameters, Execution execution) {

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
    return over(module + ".weight");
  }

  /** Returns a linear layer over a parameter. */
  Linear over(String parameter) {
    return new Linear(parameter(parameter), execution.bf16());
  }
}
