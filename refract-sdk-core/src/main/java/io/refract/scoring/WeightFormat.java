package io.refract.scoring;

import java.util.Locale;

/**
 * The numbers that a model scores with. Training, saving and adapters are not concerned: they use
 * the 32-bit weights of the checkpoint.
 */
public enum WeightFormat {

  /** 32-bit floats: what the checkpoint says, to rounding of sums. 4 bytes a weight. */
  FLOAT32(Float.BYTES),

  /**
   * bfloat16: weights and the inputs and results of matrix products have 8 significant bits; sums,
   * norms and softmax are computed in 32 bits. 2 bytes a weight. Fast on processors with {@code
   * avx512_bf16} or {@code amx_bf16}, slow on others.
   */
  BFLOAT16(Short.BYTES),

  /**
   * 8-bit integers with one scale for each output of a layer, and inputs that are quantized as they
   * come: the dynamic quantization of PyTorch, of all linear layers and the output layer. The
   * embedding, norms, softmax and the scores themselves stay in 32 bits. 1 byte a weight. Fast on
   * processors with {@code avx2}, faster with {@code avx512_vnni}.
   */
  INT8(1);

  private final int bytesPerWeight;

  WeightFormat(int bytesPerWeight) {
    this.bytesPerWeight = bytesPerWeight;
  }

  /**
   * Returns the format of a name, as a command line or a file gives it: the names of data types in
   * PyTorch and transformers, which CTranslate2 calls its compute types.
   *
   * @param name {@code "float32"}, {@code "bfloat16"} or {@code "int8"}, in any case
   * @throws IllegalArgumentException for any other name; for {@code "float16"} with the reason
   */
  public static WeightFormat of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "float32", "fp32" -> FLOAT32;
      case "bfloat16", "bf16" -> BFLOAT16;
      case "int8" -> INT8;
      case "float16", "fp16" ->
          throw new IllegalArgumentException(
              "T5 is not scored in float16: its activations exceed 65504, the greatest float16"
                  + " number (https://github.com/huggingface/transformers/issues/4586). Use"
                  + " bfloat16, int8 or float32.");
      default ->
          throw new IllegalArgumentException(
              "the format of weights must be float32, bfloat16 or int8 but was '%s'"
                  .formatted(name));
    };
  }

  /** Returns the bytes of one weight of a matrix product. */
  public int bytesPerWeight() {
    return bytesPerWeight;
  }
}
