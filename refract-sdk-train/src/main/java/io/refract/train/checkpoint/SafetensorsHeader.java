package io.refract.train.checkpoint;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed header of a safetensors file. Nothing in the file is believed: the tensors must cover
 * its data part exactly, without holes and overlaps.
 *
 * <p>Source: the format description of {@code huggingface/safetensors}.
 *
 * @param entries the tensors by name, in the order of the file
 * @param metadata the free texts under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {

  private static final String METADATA = "__metadata__";

  /**
   * One tensor.
   *
   * @param info name, type and shape
   * @param begin the offset of its first byte in the data part
   * @param end the offset after its last byte
   */
  record Entry(TensorInfo info, long begin, long end) {}

  /** A defect of a header; the reader adds which file it is. */
  static final class MalformedHeader extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedHeader(String message) {
      super(message);
    }
  }

  /**
   * Parses a header.
   *
   * @param json its text
   * @param dataBytes the size of the data part, in bytes
   */
  static SafetensorsHeader parse(String json, long dataBytes) throws MalformedHeader {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.STRICT);
      boolean metadataSeen = false;
      reader.beginObject();
      while (reader.hasNext()) {
        String name = reader.nextName();
        if (name.equals(METADATA)) {
          if (metadataSeen) {
            throw new MalformedHeader("it has two entries named '%s'".formatted(METADATA));
          }
          metadataSeen = true;
          readMetadata(reader, metadata);
        } else {
          Entry entry = readEntry(reader, name);
          if (entries.put(name, entry) != null) {
            throw new MalformedHeader("it has two tensors named '%s'".formatted(name));
          }
        }
      }
      reader.endObject();
      // What follows may only be the padding of the header.
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedHeader("text follows its JSON object");
      }
    } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
      throw new MalformedHeader(
          "it is not the JSON object that the format asks for: " + e.getMessage());
    }
    checkLayout(entries, dataBytes);
    return new SafetensorsHeader(entries, metadata);
  }

  private static void readMetadata(JsonReader reader, Map<String, String> metadata)
      throws IOException, MalformedHeader {
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (metadata.put(key, reader.nextString()) != null) {
        throw new MalformedHeader("its metadata has two '%s'".formatted(key));
      }
    }
    reader.endObject();
  }

  private static Entry readEntry(JsonReader reader, String name)
      throws IOException, MalformedHeader {
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      switch (key) {
        case "dtype" -> {
          if (type != null) {
            throw new MalformedHeader("tensor '%s' has two types".formatted(name));
          }
          type = reader.nextString();
        }
        case "shape" -> {
          if (shape != null) {
            throw new MalformedHeader("tensor '%s' has two shapes".formatted(name));
          }
          shape = readNumbers(reader, name);
        }
        case "data_offsets" -> {
          if (offsets != null) {
            throw new MalformedHeader("tensor '%s' has two pairs of offsets".formatted(name));
          }
          offsets = readNumbers(reader, name);
        }
        default ->
            throw new MalformedHeader("tensor '%s' has an unknown entry '%s'".formatted(name, key));
      }
    }
    reader.endObject();
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new MalformedHeader(
          "tensor '%s' lacks dtype, shape or a pair of data_offsets".formatted(name));
    }
    return new Entry(new TensorInfo(name, type, shape), offsets.get(0), offsets.get(1));
  }

  private static List<Long> readNumbers(JsonReader reader, String name)
      throws IOException, MalformedHeader {
    List<Long> numbers = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      long number = reader.nextLong();
      if (number < 0) {
        throw new MalformedHeader("tensor '%s' has a negative number".formatted(name));
      }
      numbers.add(number);
    }
    reader.endArray();
    return numbers;
  }

  private static void checkLayout(Map<String, Entry> entries, long dataBytes)
      throws MalformedHeader {
    List<Entry> byOffset = new ArrayList<>(entries.values());
    byOffset.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long expected = 0;
    for (Entry entry : byOffset) {
      String name = entry.info().name();
      if (entry.begin() != expected || entry.end() < entry.begin()) {
        throw new MalformedHeader(
            "tensor '%s' lies at bytes %s to %s, but the one before it ends at %s"
                .formatted(name, entry.begin(), entry.end(), expected));
      }
      checkSize(entry);
      expected = entry.end();
    }
    if (expected != dataBytes) {
      throw new MalformedHeader(
          "its tensors take %s bytes, but %s bytes follow it; the file is damaged or incomplete"
              .formatted(expected, dataBytes));
    }
  }

  private static void checkSize(Entry entry) throws MalformedHeader {
    StoredType type = readableType(entry.info().type());
    if (type == null) {
      return; // refused only when someone reads it
    }
    long bytes = entry.end() - entry.begin();
    try {
      long needed = Math.multiplyExact(entry.info().elements(), (long) type.bytes());
      if (needed != bytes) {
        throw new MalformedHeader(
            "tensor '%s' of shape %s and type %s needs %s bytes but has %s"
                .formatted(entry.info().name(), entry.info().shape(), type, needed, bytes));
      }
    } catch (ArithmeticException e) {
      throw new MalformedHeader(
          "tensor '%s' has the impossible shape %s"
              .formatted(entry.info().name(), entry.info().shape()));
    }
  }

  /** Returns the type of that name, or null when it is not one of floating point numbers. */
  static @Nullable StoredType readableType(String name) {
    for (StoredType type : StoredType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
