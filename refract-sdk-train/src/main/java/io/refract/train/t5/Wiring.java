package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.t5.internal.Execution;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a network are made from: its parameters and dimensions, and how a part gets the
 * linear layer of a given name.
 *
 * @param config dimensions and dropout probability
 * @param parameters the parameters by their names in the checkpoint
 * @param adapter what is added to some linear layers, or null for nothing
 * @param execution how it is computed
 * @param ops what is computed between the linear layers
 */
record Wiring(
    T5Config config,
    Map<String, NDArray> parameters,
    @Nullable T5Adapter adapter,
    Execution execution,
    LayerOps ops) {

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
    LowRank addition = adapter == null ? null : adapter.of(module);
    return new Linear(parameter(T5Parameters.weightOf(module)), addition, execution.bf16());
  }

  /** Returns a linear layer over a parameter, which no adapter adds to. */
  Linear over(String parameter) {
    return new Linear(parameter(parameter), null, execution.bf16());
  }
}
