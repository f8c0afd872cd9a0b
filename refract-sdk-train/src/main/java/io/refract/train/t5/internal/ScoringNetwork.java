package io.refract.train.t5.internal;

import ai.djl.ndarray.NDManager;
import io.refract.train.generation.internal.StepDecoder;

/**
 * The arithmetic of a T5 as scoring needs it: no gradients, no dropout, one token at a time.
 *
 * <p>Thread-safe: several threads may compute at once. Call it with recording off, see {@link
 * GradMode}.
 */
public interface ScoringNetwork extends AutoCloseable {

  /** Returns the manager under which a caller opens its own. */
  NDManager manager();

  /**
   * Runs the encoder over one source a row.
   *
   * @param scope what the results are attached to
   * @param inputIds token ids, sources x length, row-major
   * @param attentionMask 1 for a real token and 0 for padding, sources x length
   * @param rows number of sources
   * @throws IllegalArgumentException if an array has another size, or an id lies outside of the
   *     vocabulary
   */
  EncoderOutput encode(NDManager scope, long[] inputIds, long[] attentionMask, int rows);

  /**
   * Returns whether it computes in 32-bit floats, so that its decoder may take the encoder's states
   * of a {@link T5Network} too.
   */
  boolean isFloat32();

  /**
   * Returns a decoder that takes one token at a time.
   *
   * @param encoded the sources, one a row
   * @param maxTokens tokens taken at most
   * @return the decoder; the caller closes it
   */
  StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens);

  /** Gives back what was made for this use; decoders must be closed before. */
  @Override
  void close();
}
