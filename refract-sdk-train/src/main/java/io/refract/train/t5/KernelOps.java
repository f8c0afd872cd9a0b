package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.refract.train.kernel.LayerKernel;
import io.refract.train.kernel.LayerShape;
import io.refract.train.t5.internal.Dropout;
import org.jspecify.annotations.Nullable;

/**
 * Operations as one call each.
 *
 * @param shape what the kernel without dropout was made for
 * @param plain that kernel
 */
record KernelOps(LayerShape shape, LayerKernel plain) implements LayerOps {

  /**
   * Returns the kernel for a dropout; its text differs from that of the plain one in numbers only.
   */
  private LayerKernel kernel(Dropout dropout) {
    return LayerKernel.find(
            new LayerShape(
                shape.heads(),
                shape.epsilon(),
                shape.activation(),
                shape.bf16(),
                Dropout.scale(dropout.rate())))
        .orElseThrow();
  }

  @Override
  public NDArray norm(NDArray x, NDArray gain) {
    return plain.norm(x, gain);
  }

  @Override
  public NDArray attend(NDArray q, NDArray k, NDArray v, @Nullable NDArray bias, Dropout dropout) {
    if (!dropout.applies(dropout.rate())) {
      return bias == null ? plain.attend(q, k, v) : plain.attendBiased(q, k, v, bias);
    }
    Shape scores =
        new Shape(q.getShape().get(0), shape.heads(), q.getShape().get(1), k.getShape().get(1));
    try (NDArray zeros = dropout.zeros(q.getManager(), scores)) {
      LayerKernel kernel = kernel(dropout);
      return bias == null
          ? kernel.attendDropped(q, k, v, zeros)
          : kernel.attendBiasedDropped(q, k, v, bias, zeros);
    }
  }

  @Override
  public NDArray hidden(NDArray in, @Nullable NDArray gate, Dropout dropout) {
    if (gate == null && shape.activation().equals("relu") && dropout.applies(dropout.rate())) {
      return droppedRelu(in, dropout);
    }
    NDArray hidden = gate == null ? plain.hidden(in) : plain.hiddenGated(in, gate);
    if (!dropout.applies(dropout.rate())) {
      return hidden;
    }
    try (NDArray zeros = zeros(hidden, dropout);
        hidden) { // A graph keeps what it needs of it.
      return kernel(dropout).drop(hidden, zeros);
    }
  }

  /**
   * A graph takes the gradient of a relu from its result: zero where that is zero. Zeros that are
   * written into the result are part of the relu therefore, and need no gradient of their own.
   */
  private NDArray droppedRelu(NDArray in, Dropout dropout) {
    NDArray hidden = Layers.activation("relu", in);
    try (NDArray zeros = zeros(hidden, dropout)) {
      plain.dropUnnoticed(hidden, zeros);
    }
    return hidden;
  }

  @Override
  public NDArray residual(NDArray x, NDArray change, Dropout dropout) {
    if (!dropout.applies(dropout.rate())) {
      return x.add(change);
    }
    try (NDArray zeros = zeros(change, dropout)) {
      return kernel(dropout).residual(x, change, zeros);
    }
  }

  @Override
  public NDArray residualOfHidden(NDArray x, NDArray change, Dropout dropout) {
    if (!dropout.applies(dropout.rate())) {
      return x.add(change);
    }
    try (NDArray zeros = zeros(change, dropout)) {
      return kernel(dropout).residualOfDropped(x, change, zeros);
    }
  }

  @Override
  public NDArray drop(NDArray x, Dropout dropout) {
    if (!dropout.applies(dropout.rate())) {
      return x;
    }
    try (NDArray zeros = zeros(x, dropout)) {
      return kernel(dropout).dropScaled(x, zeros);
    }
  }

  private static NDArray zeros(NDArray x, Dropout dropout) {
    return dropout.zeros(x.getManager(), x.getShape());
  }
}
