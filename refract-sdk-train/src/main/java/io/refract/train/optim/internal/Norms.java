package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.refract.train.kernel.OptimizerKernel;
import java.util.List;
import java.util.Optional;

/** The Euclidean norms of many arrays, fetched from the device at once. */
final class Norms {

  private Norms() {}

  /**
   * Returns the norm of every array.
   *
   * @param scope what intermediate arrays are allocated under; the caller closes it
   * @param arrays at least one, all on one device
   */
  static float[] of(NDManager scope, List<NDArray> arrays) {
    return of(scope, arrays, OptimizerKernel.find());
  }

  static float[] of(NDManager scope, List<NDArray> arrays, Optional<OptimizerKernel> kernel) {
    if (kernel.isPresent()) {
      return kernel.get().norms(scope, arrays);
    }
    NDList norms = new NDList(arrays.size());
    for (NDArray array : arrays) {
      NDArray norm = array.norm();
      norm.attach(scope);
      norms.add(norm);
    }
    NDArray stacked = NDArrays.stack(norms);
    stacked.attach(scope);
    return stacked.toFloatArray();
  }
}
