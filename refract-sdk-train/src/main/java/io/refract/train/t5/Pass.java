package io.refract.train.t5;

import io.refract.train.t5.internal.Dropout;
import org.jspecify.annotations.Nullable;

/**
 * What layers must know of the pass that they are part of. For one thread.
 *
 * @param dropout the dropout
 * @param gradients where linear layers leave the gradients of their weights; null for the graph
 */
record Pass(Dropout dropout, @Nullable WeightGradients gradients) {

  /** A pass without dropout, as in evaluation and generation. */
  static final Pass PLAIN = of(Dropout.NONE);

  /** Returns a pass that leaves all gradients to the graph. */
  static Pass of(Dropout dropout) {
    return new Pass(dropout, null);
  }

  /** Returns the pass of a part of the network, see {@link Dropout#part}. */
  Pass part(long number) {
    return new Pass(dropout.part(number), gradients);
  }
}
