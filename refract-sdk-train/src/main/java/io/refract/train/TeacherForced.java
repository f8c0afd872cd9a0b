package io.refract.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.T5Network;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the {@link TrainingLoop} asks of a model. */
interface TeacherForced {

  /** Returns the manager under which the parameters live. */
  NDManager manager();

  /** Returns the parameters to train by their names in the checkpoint, in a fixed order. */
  Map<String, NDArray> parameters();

  /**
   * Computes the sum of the losses of all real target tokens, each predicted from the real tokens
   * before it, and adds its gradients to those of the parameters.
   *
   * @param step what every array is allocated under
   * @param batch the examples
   * @param seed what dropout draws from
   * @return a scalar in nats
   */
  NDArray backward(NDManager step, Batch batch, long seed);

  /**
   * Returns a T5 as the loop sees it.
   *
   * @param dropout the dropout probability
   * @param frozen which parameters keep their values
   */
  static TeacherForced of(
      T5Network network, double dropout, Objective objective, FrozenParameters frozen) {
    Map<String, NDArray> parameters = new LinkedHashMap<>(network.trainableParameters());
    parameters.keySet().removeIf(frozen::contains);
    return new TeacherForced() {
      @Override
      public NDManager manager() {
        return network.manager();
      }

      @Override
      public Map<String, NDArray> parameters() {
        return parameters;
      }

      @Override
      public NDArray backward(NDManager step, Batch batch, long seed) {
        return network.backward(step, batch, Dropout.of(dropout, seed), objective);
      }
    };
  }
}
