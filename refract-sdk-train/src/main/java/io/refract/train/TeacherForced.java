package io.refract.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.t5.internal.T5Network;
import java.util.Map;

/** What the {@link TrainingLoop} asks of a model. */
interface TeacherForced {

  /** Returns the manager under which the parameters live. */
  NDManager manager();

  /** Returns the parameters that learn by their names, in a fixed order. */
  Map<String, NDArray> parameters();

  /**
   * Returns the sum of the cross entropies of all real target tokens, each predicted from the real
   * tokens before it; with dropout.
   *
   * @param step what every array is allocated under
   * @param batch the examples
   * @return a scalar in nats
   */
  NDArray lossSum(NDManager step, Batch batch);

  /** Returns a T5 as the loop sees it. */
  static TeacherForced of(T5Network network) {
    return new TeacherForced() {
      @Override
      public NDManager manager() {
        return network.manager();
      }

      @Override
      public Map<String, NDArray> parameters() {
        return network.trainableParameters();
      }

      @Override
      public NDArray lossSum(NDManager step, Batch batch) {
        return network.lossSum(step, batch, true);
      }
    };
  }
}
