package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.kernel.LayerKernel;
import io.refract.train.kernel.LayerShape;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import org.jspecify.annotations.Nullable;

/**
 * What a layer computes between its matrix products, for whole sequences. Results belong to the
 * manager of the first argument.
 *
 * <p>Dimension letters: B batch, Q queries, S keys, H heads, K width of a head, D model.
 */
interface LayerOps {

  /** Returns kernels where the engine loads them, else the operations of the array form. */
  static LayerOps of(T5Config config, Execution execution) {
    LayerShape shape =
        new LayerShape(
            config.numHeads(),
            config.layerNormEpsilon(),
            config.activation(),
            execution.bf16(),
            Dropout.scale(0));
    return LayerKernel.find(shape)
        .<LayerOps>map(kernel -> new KernelOps(shape, kernel))
        .orElseGet(() -> new ArrayOps(config, execution.bf16()));
  }

  /** Returns {@code x / sqrt(mean(x^2) + epsilon) * gain}. */
  NDArray norm(NDArray x, NDArray gain);

  /**
   * Lets queries look at keys, in all heads.
   *
   * @param q B x Q x H K
   * @param k B x S x H K
   * @param v B x S x H K
   * @param bias what is added to the scores, broadcast to B x H x Q x S; null for nothing
   * @return B x Q x H K
   */
  NDArray attend(NDArray q, NDArray k, NDArray v, @Nullable NDArray bias, Dropout dropout);

  /**
   * Returns the activation, times the gate where there is one, with zeros. Whether the rest is
   * scaled for them is known to {@link #residualOfHidden} only.
   */
  NDArray hidden(NDArray in, @Nullable NDArray gate, Dropout dropout);

  /** Returns {@code x} plus a change with zeros. */
  NDArray residual(NDArray x, NDArray change, Dropout dropout);

  /** Returns {@code x} plus a change with zeros that is linear in what {@link #hidden} gave. */
  NDArray residualOfHidden(NDArray x, NDArray change, Dropout dropout);

  /** Returns {@code x} with zeros. */
  NDArray drop(NDArray x, Dropout dropout);
}
