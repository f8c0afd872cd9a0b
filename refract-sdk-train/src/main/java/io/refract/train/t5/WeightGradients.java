package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import io.refract.train.kernel.GradientKernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradients of the weights of linear layers, left until a pass is over. A graph makes an array
 * of the size of the weight for each product, in each thread, and adds it to what there is; with
 * few rows that takes longer than the products. Here the graph goes back through the inputs only,
 * and keeps the gradients of the outputs; the rows of all threads are then multiplied into the
 * gradient at once.
 *
 * <p>That holds on to the outputs of all layers and to their gradients, so that it is for few rows.
 * Every input must be part of the graph. For one pass, on one thread.
 */
final class WeightGradients {

  private final GradientKernel kernel;
  private final NDManager scope;
  private final Map<Linear, Use> uses = new LinkedHashMap<>();

  /**
   * A layer's part of the pass.
   *
   * @param x its input, (..., in)
   * @param y its output, (..., out), whose gradient the graph keeps
   */
  private record Use(NDArray x, NDArray y) {}

  /**
   * Begins a pass.
   *
   * @param scope what is kept until {@link #add} belongs to
   */
  WeightGradients(GradientKernel kernel, NDManager scope) {
    this.kernel = kernel;
    this.scope = scope;
  }

  /** Computes a layer whose weight learns. */
  NDArray forward(Linear layer, NDArray x) {
    try (NDArray constant = layer.weight().stopGradient()) {
      NDArray y = Layers.linear(x, constant);
      uses.put(layer, new Use(held(x), held(kernel.keepGradient(y))));
      return y;
    }
  }

  /** Lets an array outlive the scope of its block. */
  private NDArray held(NDArray array) {
    array.attach(scope);
    return array;
  }

  /**
   * Adds the gradients of a batch to those of the weights.
   *
   * @param parts one for each part of the batch, after their way back, in a fixed order
   */
  static void add(List<WeightGradients> parts) {
    if (parts.isEmpty()) {
      return;
    }
    Map<Linear, List<Use>> uses = new LinkedHashMap<>();
    for (WeightGradients part : parts) {
      part.uses.forEach(
          (layer, use) -> uses.computeIfAbsent(layer, k -> new ArrayList<>()).add(use));
    }
    WeightGradients first = parts.get(0);
    uses.forEach(
        (layer, all) -> {
          try (NDManager local = first.scope.newSubManager()) {
            List<NDArray> gradients = new ArrayList<>();
            List<NDArray> inputs = new ArrayList<>();
            for (Use use : all) {
              NDArray ofOutput = ((PtNDArray) use.y()).getGradient();
              ofOutput.attach(local);
              gradients.add(rows(ofOutput, local));
              inputs.add(rows(use.x(), local));
            }
            first.kernel.addProduct(layer.gradient().in(local), gradients, inputs);
          }
        });
  }

  private static NDArray rows(NDArray array, NDManager local) {
    Shape shape = array.getShape();
    NDArray rows = array.reshape(-1, shape.get(shape.dimension() - 1));
    rows.attach(local);
    return rows;
  }
}
