package io.refract.train.checkpoint;

import java.util.List;

/**
 * What the header of a safetensors file says of one tensor.
 *
 * @param name its name
 * @param type its element type as written in the file, for example {@code "BF16"}
 * @param shape its dimensions; empty for a scalar
 */
public record TensorInfo(String name, String type, List<Long> shape) {

  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Returns the number of elements. */
  public long elements() {
    long product = 1;
    for (long dimension : shape) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }
}
