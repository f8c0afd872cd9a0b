package io.refract.train.t5.internal;

/**
 * How a network computes what it computes.
 *
 * @param bf16 whether products of matrices are taken in bfloat16, over 32-bit weights
 * @param recompute whether the backward pass computes each block a second time instead of keeping
 *     what the forward pass computed
 */
public record Execution(boolean bf16, boolean recompute) {

  /** 32-bit floats, and nothing is computed twice. */
  public static final Execution DEFAULT = new Execution(false, false);
}
