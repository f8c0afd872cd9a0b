package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a forward and backward pass over a batch, or over some of its rows, gave besides the
 * gradients of the parameters.
 *
 * @param loss a scalar, in nats
 * @param lookups what is left to do, for {@link TokenEmbedding#addGradients}
 * @param weights what is left to do, for {@link WeightGradients#add}
 */
record PassResult(
    NDArray loss, List<TokenEmbedding.Lookup> lookups, List<WeightGradients> weights) {

  /** Returns the sum with what another part of the batch gave. */
  PassResult plus(PassResult other) {
    return new PassResult(
        loss.add(other.loss), joined(lookups, other.lookups), joined(weights, other.weights));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
