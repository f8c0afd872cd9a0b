package io.refract.train.checkpoint;

import com.google.gson.stream.JsonWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes 32-bit floats as a safetensors file, byte for byte as Hugging Face's own writer does:
 * tensors sorted by name, the header filled up with blanks to a multiple of eight.
 *
 * <p>Files are written through streams, which unlike channels do not close when the thread is
 * interrupted: what a training that is cancelled has learned is still saved.
 */
public final class SafetensorsWriter {

  private static final String TYPE = StoredType.F32.name();
  private static final int HEADER_ALIGNMENT = 8;
  private static final int PIECE_ELEMENTS = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SafetensorsWriter.class);

  private SafetensorsWriter() {}

  /** Where the elements of a tensor come from. */
  @FunctionalInterface
  public interface FloatSource {

    /**
     * Fills a buffer with consecutive elements.
     *
     * @param firstElement the row-major index of the first one
     * @param target a little-endian buffer, to be filled from its position to its limit
     */
    void read(long firstElement, ByteBuffer target);
  }

  /**
   * A tensor to write.
   *
   * @param name its name
   * @param shape its dimensions
   * @param values its elements
   */
  public record Tensor(String name, List<Long> shape, FloatSource values) {

    /** Copies the shape. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    private long elements() {
      return new TensorInfo(name, TYPE, shape).elements();
    }
  }

  /**
   * Writes a file. It appears whole or not at all; a file of that name is replaced.
   *
   * @param file where to
   * @param tensors what; each name once
   * @param metadata free texts of the header; transformers wants {@code format} = {@code pt}
   * @throws CheckpointException if the file cannot be written
   */
  public static void write(Path file, List<Tensor> tensors, Map<String, String> metadata) {
    Path absolute = file.toAbsolutePath();
    Path part = absolute.resolveSibling("." + absolute.getFileName() + ".part");
    List<Tensor> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparing(Tensor::name));
    checkNames(file, sorted);
    try {
      try (FileOutputStream out = new FileOutputStream(part.toFile())) {
        out.write(header(sorted, metadata));
        for (Tensor tensor : sorted) {
          write(out, tensor);
        }
        out.getFD().sync();
      }
      Files.move(
          part, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot write %s: %s. Check that the directory is writable and the disk has room."
              .formatted(file, e),
          e);
    } finally {
      deleteQuietly(part);
    }
  }

  private static void checkNames(Path file, List<Tensor> tensors) {
    Set<String> names = new HashSet<>();
    for (Tensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new CheckpointException(
            "Cannot write %s: there are two tensors named '%s'.".formatted(file, tensor.name()));
      }
    }
  }

  private static byte[] header(List<Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.setHtmlSafe(false);
    json.beginObject();
    if (!metadata.isEmpty()) {
      json.name("__metadata__").beginObject();
      for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
        json.name(entry.getKey()).value(entry.getValue());
      }
      json.endObject();
    }
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + Math.multiplyExact(tensor.elements(), (long) Float.BYTES);
      json.name(tensor.name()).beginObject();
      json.name("dtype").value(TYPE);
      json.name("shape").beginArray();
      for (long dimension : tensor.shape()) {
        json.value(dimension);
      }
      json.endArray();
      json.name("data_offsets").beginArray().value(offset).value(end).endArray();
      json.endObject();
      offset = end;
    }
    json.endObject();
    json.flush();
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int length = (bytes.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    header.put(bytes);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.array();
  }

  private static void write(OutputStream out, Tensor tensor) throws IOException {
    long elements = tensor.elements();
    ByteBuffer piece =
        ByteBuffer.allocate((int) Math.min(PIECE_ELEMENTS, elements) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long start = 0; start < elements; start += PIECE_ELEMENTS) {
      int count = (int) Math.min(PIECE_ELEMENTS, elements - start);
      piece.clear().limit(count * Float.BYTES);
      tensor.values().read(start, piece);
      if (piece.hasRemaining()) {
        throw new IllegalArgumentException(
            "tensor '%s' gave %s bytes too few".formatted(tensor.name(), piece.remaining()));
      }
      out.write(piece.array(), 0, piece.position());
    }
  }

  private static void deleteQuietly(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // The file that was asked for is there or the first failure is on its way; this one is of no
      // use to anybody.
      LOG.debug("Left behind: {}", part, e);
    }
  }
}
