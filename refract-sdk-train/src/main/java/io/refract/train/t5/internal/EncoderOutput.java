package io.refract.train.t5.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * What the encoder made of a batch; loss and generation can both start from it. Its arrays belong
 * to the manager that the encoder was called with.
 *
 * @param states the last hidden states, B x S x D
 * @param mask what is added to scores of cross-attention so that padding is not seen, B x 1 x 1 x
 *     S; null when the batch has no padding, and when rows are shared, because then it depends on
 *     the target too
 */
public record EncoderOutput(NDArray states, @Nullable NDArray mask) {

  /** Returns the number of sources, B. */
  public int rows() {
    return Math.toIntExact(states.getShape().get(0));
  }

  /** Returns the manager that everything computed from this output is attached to. */
  public NDManager manager() {
    return states.getManager();
  }
}
