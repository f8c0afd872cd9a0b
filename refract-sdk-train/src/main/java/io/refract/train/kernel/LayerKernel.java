package io.refract.train.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is between the matrix products of a layer, with gradients: each method is one call of the
 * engine in place of up to ten.
 *
 * <p>Dropout takes from outside which elements become zeros. It keeps a byte for each for the
 * backward pass, in place of a float, and its scale goes into an operation that is computed anyway.
 *
 * <p>Results belong to the manager of the first argument. Thread-safe.
 */
public final class LayerKernel {

  private static final Map<LayerShape, SharedLibrary> LIBRARIES = new ConcurrentHashMap<>();

  /** The scale of what attention gives is applied to the values, which are few. */
  private static final String ATTENTION =
      """
        def $NAME(self, q: Tensor, k: Tensor, v: Tensor$BIAS_PARAMETER$ZEROS_PARAMETER) -> Tensor:
          s = self.product(self.heads(q), torch.transpose(self.heads(k), 2, 3))
      $ADD_BIAS    p = torch.softmax(s, -1)
          h = self.heads(v)
      $DROP    return torch.flatten(torch.transpose(self.product(p, h), 1, 2), 2)
      """;

  private static final String TEXT =
      """
        def heads(self, x: Tensor) -> Tensor:
          return torch.transpose(torch.view(x, [torch.size(x, 0), torch.size(x, 1), $HEADS, -1]), 1, 2)
        def product(self, a: Tensor, b: Tensor) -> Tensor:
          return $PRODUCT
        def norm(self, x: Tensor, gain: Tensor) -> Tensor:
          return torch.rms_norm(x, [torch.size(x, -1)], gain, $EPSILON)
        def hidden(self, x: Tensor) -> Tensor:
          return $ACTIVATION
        def hidden_gated(self, x: Tensor, gate: Tensor) -> Tensor:
          return torch.mul($ACTIVATION, gate)
        def drop(self, x: Tensor, zeros: Tensor) -> Tensor:
          return torch.masked_fill(x, zeros, 0.)
        def drop_unnoticed(self, x: Tensor, zeros: Tensor) -> None:
          torch.masked_fill_(ops.prim.data(x), zeros, 0.)
          return None
        def drop_scaled(self, x: Tensor, zeros: Tensor) -> Tensor:
          return torch.mul(torch.masked_fill(x, zeros, 0.), $SCALE)
        def residual(self, x: Tensor, change: Tensor, zeros: Tensor) -> Tensor:
          return torch.add(x, torch.masked_fill(change, zeros, 0.), alpha=$SCALE)
        def residual_of_dropped(self, x: Tensor, change: Tensor, zeros: Tensor) -> Tensor:
          return torch.add(x, torch.masked_fill(change, zeros, 0.), alpha=$SCALE_SQUARED)
      """;

  private final ScriptLibrary library;

  private LayerKernel(ScriptLibrary library) {
    this.library = library;
  }

  /** Returns the kernel, or empty on a platform where its text does not load. */
  public static Optional<LayerKernel> find(LayerShape shape) {
    return LIBRARIES
        .computeIfAbsent(
            shape,
            key -> new SharedLibrary(script(key), "Layers are computed operation by operation"))
        .get()
        .map(LayerKernel::new);
  }

  static Script script(LayerShape shape) {
    String half = "torch.to(%s, " + Script.BFLOAT16 + ")";
    String product =
        shape.bf16()
            ? "torch.to(torch.matmul(%s, %s), %s)"
                .formatted(half.formatted("a"), half.formatted("b"), Script.FLOAT32)
            : "torch.matmul(a, b)";
    String text =
        TEXT
            + attention("attend", false, false)
            + attention("attend_biased", true, false)
            + attention("attend_dropped", false, true)
            + attention("attend_biased_dropped", true, true);
    return new Script(
        "layer",
        text.replace("$HEADS", Integer.toString(shape.heads()))
            .replace("$PRODUCT", product)
            .replace("$EPSILON", Double.toString(shape.epsilon()))
            .replace("$ACTIVATION", Activations.of(shape.activation(), "x"))
            .replace("$SCALE_SQUARED", number(shape.dropScale() * shape.dropScale()))
            .replace("$SCALE", number(shape.dropScale())));
  }

  private static String attention(String name, boolean biased, boolean dropped) {
    return ATTENTION
        .replace("$NAME", name)
        .replace("$BIAS_PARAMETER", biased ? ", bias: Tensor" : "")
        .replace("$ZEROS_PARAMETER", dropped ? ", zeros: Tensor" : "")
        .replace("$ADD_BIAS", biased ? "    s = torch.add_(s, bias)\n" : "")
        .replace(
            "$DROP",
            dropped
                ? """
                      p = torch.where(zeros, 0., p)
                      h = torch.mul(h, $SCALE)
                  """
                : "");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.17g", value);
  }

  /** Returns {@code x / sqrt(mean(x^2) + epsilon) * gain}: (..., D) and (D). */
  public NDArray norm(NDArray x, NDArray gain) {
    return library.call("norm", x, gain).singletonOrThrow();
  }

  /** Returns the activation of the input of a feed-forward layer. */
  public NDArray hidden(NDArray x) {
    return library.call("hidden", x).singletonOrThrow();
  }

  /** Returns the activation times the gate. */
  public NDArray hiddenGated(NDArray x, NDArray gate) {
    return library.call("hidden_gated", x, gate).singletonOrThrow();
  }

  /** Returns an array with zeros, the rest as it is. */
  public NDArray drop(NDArray x, NDArray zeros) {
    return library.call("drop", x, zeros).singletonOrThrow();
  }

  /** Writes zeros into an array, of which a graph that it is part of learns nothing. */
  public void dropUnnoticed(NDArray x, NDArray zeros) {
    try (IValue changed = IValue.from((PtNDArray) x);
        IValue where = IValue.from((PtNDArray) zeros)) {
      library.run("drop_unnoticed", changed, where).close();
    }
  }

  /** Returns an array with zeros, the rest scaled. */
  public NDArray dropScaled(NDArray x, NDArray zeros) {
    return library.call("drop_scaled", x, zeros).singletonOrThrow();
  }

  /** Returns {@code x + scale drop(change)}. */
  public NDArray residual(NDArray x, NDArray change, NDArray zeros) {
    return library.call("residual", x, change, zeros).singletonOrThrow();
  }

  /** Returns {@code x + scale^2 drop(change)}, for a change that is linear in a dropped array. */
  public NDArray residualOfDropped(NDArray x, NDArray change, NDArray zeros) {
    return library.call("residual_of_dropped", x, change, zeros).singletonOrThrow();
  }

  /**
   * Lets queries look at keys, in all heads: B x Q x H K, and twice B x S x H K, give B x Q x H K.
   */
  public NDArray attend(NDArray q, NDArray k, NDArray v) {
    return library.call("attend", q, k, v).singletonOrThrow();
  }

  /** As {@link #attend}, with a bias that is broadcast to B x H x Q x S. */
  public NDArray attendBiased(NDArray q, NDArray k, NDArray v, NDArray bias) {
    return library.call("attend_biased", q, k, v, bias).singletonOrThrow();
  }

  /** As {@link #attend}, with zeros in the weights. */
  public NDArray attendDropped(NDArray q, NDArray k, NDArray v, NDArray zeros) {
    return library.call("attend_dropped", q, k, v, zeros).singletonOrThrow();
  }

  /** As {@link #attendBiased}, with zeros in the weights. */
  public NDArray attendBiasedDropped(NDArray q, NDArray k, NDArray v, NDArray bias, NDArray zeros) {
    return library.call("attend_biased_dropped", q, k, v, bias, zeros).singletonOrThrow();
  }
}
