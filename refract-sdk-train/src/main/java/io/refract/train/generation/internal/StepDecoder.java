package io.refract.train.generation.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A decoder that takes one token per row at a time and remembers those before.
 *
 * <p>Not thread-safe.
 */
public interface StepDecoder extends AutoCloseable {

  /** Returns the number of rows. */
  int rows();

  /**
   * Takes the next token of every row.
   *
   * @param step what the result and everything in between is attached to
   * @param tokens one token id per row; at the first call the start token
   * @return the logits of the token after, rows x vocabulary, 32-bit floats
   */
  NDArray next(NDManager step, long[] tokens);

  /**
   * Changes which rows go on: the next token of row i follows the tokens of what so far is row
   * {@code parents[i]}. A row may be left out, or go on several times.
   *
   * @param parents at least one row, each from 0 to {@link #rows()} - 1
   */
  void select(int[] parents);

  /** Frees what the decoder remembers. */
  @Override
  void close();
}
