package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.kernel.Bf16;

/**
 * The operations that T5 is made of. The result belongs to the manager of the first argument, which
 * therefore is the activation and never the parameter.
 */
final class Layers {

  /** The cubic coefficient of the approximation, see {@link #geluTanh}. */
  private static final double GELU_CUBIC = 0.044715;

  private static final double GELU_LINEAR = 2 * Math.sqrt(2 / Math.PI);

  private Layers() {}

  /**
   * Returns a copy of an array that was made from Java memory, and closes the original.
   *
   * <p>On a CPU the engine does not copy what an array is made from; it borrows a buffer, which
   * lives only as long as the array is open. A graph keeps tensors, not buffers: after the garbage
   * collector has taken the buffer, a backward pass would read foreign memory. Whatever a graph may
   * keep beyond the closing of its array must therefore be owned by the engine. {@code
   * NDArray.mul(Number)} and {@code div(Number)} close such a borrowing array themselves, so {@link
   * #scale} stands in for them.
   */
  static NDArray owned(NDArray borrowed) {
    try (borrowed) {
      return borrowed.duplicate();
    }
  }

  /**
   * Returns another handle of the same tensor, part of the same graph, which lives on when the one
   * that was given is closed.
   */
  static NDArray handle(NDArray x) {
    return x.reshape(x.getShape());
  }

  /** Returns {@code x} times a number. */
  static NDArray scale(NDArray x, double factor) {
    try (NDArray number = owned(x.getManager().create((float) factor))) {
      return x.mul(number);
    }
  }

  /** Returns the rows of a table: ids of any shape, plus the width of a row. */
  static NDArray embedding(NDArray ids, NDArray table) {
    return JniUtils.embedding((PtNDArray) ids, (PtNDArray) table, false);
  }

  /** Returns {@code x weight^T}; T5 has no biases. (..., in) and (out, in) give (..., out). */
  static NDArray linear(NDArray x, NDArray weight) {
    return x.getNDArrayInternal().linear(x, weight, null).singletonOrThrow();
  }

  /**
   * Returns {@code x / sqrt(mean(x^2) + epsilon) * gain}, without mean and bias.
   *
   * <p>Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (NeurIPS 2019).
   */
  static NDArray rmsNorm(NDArray x, NDArray gain, double epsilon) {
    NDArray deviation;
    try (NDArray squares = x.square();
        NDArray mean = squares.mean(new int[] {-1}, true);
        NDArray shifted = mean.add((float) epsilon)) {
      deviation = shifted.sqrt();
    }
    return x.div(deviation).mul(gain);
  }

  /** Applies an activation of {@link T5Config#ACTIVATIONS}. */
  static NDArray activation(String name, NDArray x) {
    return switch (name) {
      case "relu" -> JniUtils.relu((PtNDArray) x);
      case "gelu" -> JniUtils.gelu((PtNDArray) x);
      case "gelu_new", "gelu_pytorch_tanh" -> geluTanh(x);
      case "silu", "swish" -> x.mul(JniUtils.sigmoid((PtNDArray) x));
      case "tanh" -> x.tanh();
      case "sigmoid" -> JniUtils.sigmoid((PtNDArray) x);
      default -> throw new IllegalArgumentException("unknown activation '" + name + "'");
    };
  }

  /**
   * Returns {@code x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}, the approximation of Hendrycks
   * and Gimpel, "Gaussian Error Linear Units" (2016), which needs fewer operations in the equal
   * form {@code x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3))}.
   */
  private static NDArray geluTanh(NDArray x) {
    NDArray inner = scale(x.square(), GELU_LINEAR * GELU_CUBIC).add((float) GELU_LINEAR).mul(x);
    return x.mul(JniUtils.sigmoid((PtNDArray) inner));
  }

  /** Returns the product of the last two dimensions, in bfloat16 or not. */
  static NDArray product(NDArray a, NDArray b, boolean bf16) {
    return bf16 ? Bf16.matmul(a, b) : a.matMul(b);
  }

  /** Splits the last dimension into heads: (B, T, H K) gives (B, H, T, K). */
  static NDArray splitHeads(NDArray x, int heads) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads).transpose(0, 2, 1, 3);
  }

  /** Joins the heads again: (B, H, T, K) gives (B, T, H K). */
  static NDArray joinHeads(NDArray x) {
    Shape shape = x.getShape();
    return x.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
  }
}
