package io.refract.train.t5;

import io.refract.train.kernel.Packing;

/**
 * The numbers that a model scores with, see {@link T5Model#scoreIn(WeightFormat)}. Training, saving
 * and adapters are not concerned: they use the 32-bit weights of the checkpoint.
 */
public enum WeightFormat {

  /** 32-bit floats: what the checkpoint says, to rounding of sums. 4 bytes a weight. */
  FLOAT32(Packing.FLOAT32, Float.BYTES),

  /**
   * bfloat16: weights and the inputs and results of matrix products have 8 significant bits; sums,
   * norms and softmax are computed in 32 bits. 2 bytes a weight. Fast on processors with {@code
   * avx512_bf16} or {@code amx_bf16}, slow on others.
   */
  BFLOAT16(Packing.BFLOAT16, Short.BYTES),

  /**
   * 8-bit integers with one scale for each output of a layer, and inputs that are quantized as they
   * come: the dynamic quantization of PyTorch, of all linear layers and the output layer. The
   * embedding, norms, softmax and the scores themselves stay in 32 bits. 1 byte a weight. Fast on
   * processors with {@code avx2}, faster with {@code avx512_vnni}.
   */
  INT8(Packing.INT8, 1);

  private final Packing packing;
  private final int bytesPerWeight;

  WeightFormat(Packing packing, int bytesPerWeight) {
    this.packing = packing;
    this.bytesPerWeight = bytesPerWeight;
  }

  /** Returns the bytes of one weight of a matrix product. */
  public int bytesPerWeight() {
    return bytesPerWeight;
  }

  Packing packing() {
    return packing;
  }
}
