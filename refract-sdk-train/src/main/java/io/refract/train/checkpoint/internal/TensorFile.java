package io.refract.train.checkpoint.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.checkpoint.SafetensorsWriter;
import io.refract.train.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arrays of the engine, 32-bit floats, in a safetensors file and back. */
public final class TensorFile {

  /** Elements that move between file and engine at once. */
  public static final int PIECE = 1 << 22;

  private TensorFile() {}

  /**
   * Writes arrays. The file appears whole or not at all.
   *
   * @param file where to
   * @param arrays what, by name
   * @return the file
   */
  public static Path write(Path file, Map<String, NDArray> arrays) {
    List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
    arrays.forEach(
        (name, array) ->
            tensors.add(
                new SafetensorsWriter.Tensor(
                    name, shape(array), (first, target) -> copy(array, first, target))));
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
    return file;
  }

  /**
   * Reads values into arrays that are there.
   *
   * @param file the file; it may hold more than what is asked for
   * @param arrays what to fill, by name
   * @throws CheckpointException if one is missing or has another shape; then nothing has changed
   */
  public static void readInto(Path file, Map<String, NDArray> arrays) {
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      arrays.forEach((name, array) -> check(file, reader.tensors().get(name), name, array));
      arrays.forEach(
          (name, array) -> fill(array, PIECE, (start, target) -> reader.read(name, start, target)));
    }
  }

  private static void check(Path file, @Nullable TensorInfo info, String name, NDArray array) {
    if (info == null) {
      throw new CheckpointException("Cannot read %s: it has no tensor %s.".formatted(file, name));
    }
    if (!info.shape().equals(shape(array))) {
      throw new CheckpointException(
          "Cannot read %s: its tensor %s has the shape %s in place of %s."
              .formatted(file, name, info.shape(), shape(array)));
    }
  }

  private static List<Long> shape(NDArray array) {
    return Arrays.stream(array.getShape().getShape()).boxed().toList();
  }

  /**
   * Fills an array.
   *
   * @param array the array; changed in place
   * @param piece how many elements the source is asked for at once, at least 1
   * @param source where its elements come from
   */
  public static void fill(NDArray array, int piece, SafetensorsWriter.FloatSource source) {
    long elements = array.getShape().size();
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((int) Math.min(piece, elements) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    try (NDManager scope = array.getManager().newSubManager()) {
      NDArray flat = array.reshape(elements);
      flat.attach(scope);
      for (long start = 0; start < elements; start += piece) {
        int count = (int) Math.min(piece, elements - start);
        source.read(start, buffer.clear().limit(count * Float.BYTES));
        // The engine looks at the buffer itself until it has copied from it.
        try (NDArray values = scope.create(buffer.flip(), new Shape(count), DataType.FLOAT32)) {
          flat.set(new NDIndex("{}:{}", start, start + count), values);
        }
      }
    }
  }

  /**
   * Copies consecutive elements of an array into a buffer.
   *
   * @param array the array
   * @param first the row-major index of the first element
   * @param target filled from its position to its limit
   */
  public static void copy(NDArray array, long first, ByteBuffer target) {
    long elements = array.getShape().size();
    int count = target.remaining() / Float.BYTES;
    try (NDManager scope = array.getManager().newSubManager()) {
      NDArray flat = array.reshape(elements);
      flat.attach(scope);
      NDArray values = flat.get(new NDIndex("{}:{}", first, first + count));
      target
          .asFloatBuffer()
          .put(values.toByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer());
      target.position(target.position() + count * Float.BYTES);
    }
  }
}
