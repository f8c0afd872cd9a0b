package io.refract.train;

import java.util.Locale;

/**
 * The numbers that a model computes with while it learns. Weights, gradients and the optimizer's
 * state are 32-bit floats in any case.
 */
public enum Precision {
  /** 32-bit floats throughout. */
  FP32,

  /**
   * Products of matrices are taken in bfloat16, everything else in 32-bit floats. Faster where the
   * processor multiplies bfloat16 natively: GPUs from NVIDIA's Ampere on, CPUs with AVX512-BF16 or
   * AMX. Elsewhere it is slower than {@link #FP32}.
   */
  BF16;

  /**
   * Returns the precision of a name, as a command line or a file gives it.
   *
   * @param name {@code "fp32"} or {@code "bf16"}, in any case
   * @throws IllegalArgumentException for any other name; for {@code "fp16"} with the reason
   */
  public static Precision of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "fp32", "float32" -> FP32;
      case "bf16", "bfloat16" -> BF16;
      case "fp16", "float16" ->
          throw new IllegalArgumentException(
              "T5 is not trained in fp16: its activations exceed 65504, the greatest fp16 number,"
                  + " and the loss becomes NaN"
                  + " (https://github.com/huggingface/transformers/issues/4586). Use bf16 where the"
                  + " hardware has it, else fp32.");
      default ->
          throw new IllegalArgumentException(
              "precision must be fp32 or bf16 but was '%s'".formatted(name));
    };
  }
}
