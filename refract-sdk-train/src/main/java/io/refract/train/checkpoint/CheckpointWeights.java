package io.refract.train.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a Hugging Face directory: {@value #SINGLE_FILE}, or the shards that {@value
 * #INDEX_FILE} names. Pickle files are never loaded, since loading one runs the code in it.
 *
 * <p>Thread-safe.
 */
public final class CheckpointWeights implements AutoCloseable {

  /** The file that holds all weights of a checkpoint which is not sharded. */
  public static final String SINGLE_FILE = "model.safetensors";

  /** The file that says which shard holds which tensor. */
  public static final String INDEX_FILE = "model.safetensors.index.json";

  private static final List<String> PICKLES =
      List.of("pytorch_model.bin", "pytorch_model.bin.index.json");

  private final List<SafetensorsReader> readers = new ArrayList<>();
  private final Map<String, SafetensorsReader> readerOf = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  private CheckpointWeights() {}

  /**
   * Opens the weights of a directory.
   *
   * @param directory a Hugging Face model directory
   * @return the weights; the caller closes them
   * @throws CheckpointException if there are none, if they are stored as a pickle only, or if a
   *     file is damaged
   */
  public static CheckpointWeights open(Path directory) {
    CheckpointWeights weights = new CheckpointWeights();
    try {
      if (Files.exists(directory.resolve(SINGLE_FILE))) {
        weights.add(directory.resolve(SINGLE_FILE));
      } else if (Files.exists(directory.resolve(INDEX_FILE))) {
        weights.addShards(directory);
      } else {
        throw noWeights(directory);
      }
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static CheckpointException noWeights(Path directory) {
    for (String pickle : PICKLES) {
      if (Files.exists(directory.resolve(pickle))) {
        return new CheckpointException(
            ("Cannot load the weights in %s: they are stored as %s only, a pickle, which could run"
                    + " any code. Convert them once, where you trust the file, with Python:"
                    + " T5ForConditionalGeneration.from_pretrained(DIR).save_pretrained(NEW_DIR,"
                    + " safe_serialization=True); then load NEW_DIR.")
                .formatted(directory, pickle));
      }
    }
    return new CheckpointException(
        "Cannot load the weights in %s: there is neither %s nor %s. Give a directory that a T5 was saved to."
            .formatted(directory, SINGLE_FILE, INDEX_FILE));
  }

  private void addShards(Path directory) {
    Path index = directory.resolve(INDEX_FILE);
    Map<String, String> shardOf = readIndex(index);
    Set<String> files = new LinkedHashSet<>(shardOf.values());
    Map<String, SafetensorsReader> readerOfFile = new LinkedHashMap<>();
    for (String file : files) {
      checkPlainName(index, file);
      if (!Files.exists(directory.resolve(file))) {
        throw new CheckpointException(
            "Cannot load the weights in %s: the shard %s that %s names is missing. Fetch it again."
                .formatted(directory, file, INDEX_FILE));
      }
      readerOfFile.put(file, add(directory.resolve(file)));
    }
    shardOf.forEach(
        (name, file) -> {
          if (readerOf.get(name) != readerOfFile.get(file)) {
            throw new CheckpointException(
                "Cannot load the weights in %s: %s says that tensor '%s' is in %s, but it is not."
                    .formatted(directory, INDEX_FILE, name, file));
          }
        });
  }

  private static Map<String, String> readIndex(Path index) {
    try {
      JsonObject root = JsonParser.parseString(Files.readString(index)).getAsJsonObject();
      Map<String, String> shardOf = new LinkedHashMap<>();
      JsonElement map = root.get("weight_map");
      if (map == null) {
        throw new CheckpointException(
            "Cannot read the shard index %s: it has no 'weight_map'.".formatted(index));
      }
      map.getAsJsonObject()
          .entrySet()
          .forEach(entry -> shardOf.put(entry.getKey(), entry.getValue().getAsString()));
      return shardOf;
    } catch (IOException
        | JsonParseException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw new CheckpointException(
          "Cannot read the shard index %s: %s. Fetch it again.".formatted(index, e.getMessage()),
          e);
    }
  }

  /** Refuses names that would lead out of the directory. */
  private static void checkPlainName(Path index, String file) {
    boolean plain =
        !file.isEmpty()
            && !file.equals(".")
            && !file.equals("..")
            && file.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c == 0);
    if (!plain) {
      throw new CheckpointException(
          "Cannot read the shard index %s: '%s' is not the plain name of a file beside it."
              .formatted(index, file));
    }
  }

  private SafetensorsReader add(Path file) {
    SafetensorsReader reader = SafetensorsReader.open(file);
    readers.add(reader);
    reader
        .tensors()
        .forEach(
            (name, info) -> {
              if (readerOf.put(name, reader) != null) {
                throw new CheckpointException(
                    "Cannot load the weights in %s: tensor '%s' is stored twice."
                        .formatted(file.getParent(), name));
              }
              tensors.put(name, info);
            });
    return reader;
  }

  /** Returns the tensors of all files by name. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * Reads a part of a tensor as floats, see {@link SafetensorsReader#read}.
   *
   * @param name the tensor
   * @param firstElement the row-major index of the first element to read
   * @param target what to fill
   */
  public void read(String name, long firstElement, ByteBuffer target) {
    readerOf(name).read(name, firstElement, target);
  }

  /**
   * Maps a tensor into memory, see {@link SafetensorsReader#map}.
   *
   * @param name the tensor
   * @param mapping what the pages are for
   * @return all of the tensor, or empty when it must be read
   */
  public Optional<ByteBuffer> map(String name, Mapping mapping) {
    return readerOf(name).map(name, mapping);
  }

  private SafetensorsReader readerOf(String name) {
    SafetensorsReader reader = readerOf.get(name);
    if (reader == null) {
      throw new CheckpointException(
          "Cannot read tensor '%s': the checkpoint has no such tensor.".formatted(name));
    }
    return reader;
  }

  /** Closes all files; what is mapped stays. */
  @Override
  public void close() {
    readers.forEach(SafetensorsReader::close);
  }
}
