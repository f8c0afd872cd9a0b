package io.refract.train.kernel;

/**
 * How a {@link ScoringKernel} keeps the weights of its matrix products, and how it multiplies with
 * them.
 */
public enum Packing {

  /** The arrays themselves, and the product that training uses too: exists wherever scripts do. */
  PLAIN("Tensor", "w", "torch.linear(x, w)"),

  /**
   * float32 in the block layout of oneDNN. Nothing is rounded, but sums are taken in another order
   * than {@link #PLAIN}.
   */
  FLOAT32("Tensor", Packing.ONE_DNN_PACK.formatted("w"), Packing.ONE_DNN_PRODUCT.formatted("x")),

  /**
   * bfloat16 in the block layout of oneDNN; inputs and results of a product are rounded to
   * bfloat16, sums are taken in float32.
   */
  BFLOAT16(
      "Tensor",
      Packing.ONE_DNN_PACK.formatted("torch.to(w, %s)".formatted(Script.BFLOAT16)),
      "torch.to(%s, %s)"
          .formatted(
              Packing.ONE_DNN_PRODUCT.formatted("torch.to(x, %s)".formatted(Script.BFLOAT16)),
              Script.FLOAT32)),

  /**
   * 8-bit integers, with one scale for each output of a product: {@code w = scale q}, {@code scale
   * = max |w| / 127}. Inputs are quantized to 8 bits when the product is taken, with one scale and
   * zero point for all of them. Source: the dynamic quantization of PyTorch, {@code
   * torch.ao.quantization.quantize_dynamic} with {@code per_channel_dynamic_qconfig}.
   */
  INT8(
      "__torch__.torch.classes.quantized.LinearPackedParamsBase",
      "ops.quantized.linear_prepack(torch.quantize_per_channel(w, torch.clamp_min(torch.div("
          + "torch.amax(torch.abs(w), [1]), 127.), 1e-12), torch.zeros([torch.size(w, 0)], dtype="
          + Script.INT64
          + "), 0, "
          + Script.QINT8
          + "), None)",
      "ops.quantized.linear_dynamic(x, w, False)");

  /** The second argument, the expected number of rows, makes no difference to the layout. */
  private static final String ONE_DNN_PACK = "ops.mkldnn._reorder_linear_weight(%s, 8)";

  private static final String ONE_DNN_PRODUCT =
      "ops.mkldnn._linear_pointwise(%s, w, None, \"none\", annotate(List[Optional[number]], []), \"\")";

  private final String type;
  private final String packed;
  private final String product;

  Packing(String type, String packed, String product) {
    this.type = type;
    this.packed = packed;
    this.product = product;
  }

  /** Returns what happens where weights cannot be packed so, as a sentence without full stop. */
  String fallback() {
    return switch (this) {
      case PLAIN -> "Scoring computes operation by operation, which takes longer";
      case FLOAT32 -> "Scoring multiplies with weights that are not packed, which takes longer";
      case BFLOAT16, INT8 -> "Scoring in " + this + " is not possible";
    };
  }

  /** Returns the type of a packed weight in a script. */
  String type() {
    return type;
  }

  /** Returns the expression that packs the weight {@code w}, (out, in) in float32. */
  String packed() {
    return packed;
  }

  /** Returns the expression for {@code x w^T}, where {@code w} is packed. */
  String product() {
    return product;
  }
}
