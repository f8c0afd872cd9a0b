package io.refract.train.optim.internal;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.t5.internal.GradMode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters with gradients that a test chose. */
final class Leaves {

  private Leaves() {}

  static NDArray leaf(NDManager manager, float[] values, Shape shape) {
    NDArray leaf = manager.create(values, shape);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  static Map<String, NDArray> of(
      NDManager manager, Map<String, float[]> values, Map<String, long[]> shapes) {
    Map<String, NDArray> leaves = new LinkedHashMap<>();
    values.forEach(
        (name, w) ->
            leaves.put(name, leaf(manager, w, new Shape(requireNonNull(shapes.get(name))))));
    return leaves;
  }

  /** Brings given gradients into the leaves: the derivative of sum(w g) by w is g. */
  static void setGradients(
      NDManager manager, Map<String, NDArray> leaves, Map<String, float[]> gradients) {
    Gradients.clear(leaves.values());
    GradMode.on(
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            leaves.forEach(
                (name, w) -> {
                  float[] values = requireNonNull(gradients.get(name));
                  NDArray sum = scope.create(values, w.getShape()).mul(w).sum();
                  JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
                });
          }
          return leaves;
        });
  }
}
