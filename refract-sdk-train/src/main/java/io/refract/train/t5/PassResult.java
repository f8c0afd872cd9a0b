package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * What a forward and backward pass over a batch, or over some of its rows, gave besides the
 * gradients of the parameters.
 *
 * @param loss a scalar, in nats
 * @param lookups what is left to do, for {@link TokenEmbedding#addGradients}
 */
record PassResult(NDArray loss, List<TokenEmbedding.Lookup> lookups) {

  /** Returns the sum with what another part of the batch gave. */
  PassResult plus(PassResult other) {
    List<TokenEmbedding.Lookup> both = new ArrayList<>(lookups);
    both.addAll(other.lookups);
    return new PassResult(loss.add(other.loss), both);
  }
}
