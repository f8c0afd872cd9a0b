package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.CheckpointWeights;
import io.refract.train.checkpoint.SafetensorsWriter;
import io.refract.train.checkpoint.TensorInfo;
import io.refract.train.checkpoint.internal.TensorFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the parameters of a T5 in a checkpoint, which may hold some of them under several names.
 *
 * <p>The embedding is the first of {@code shared}, {@code decoder.embed_tokens} and {@code
 * encoder.embed_tokens} that is stored; the output layer stands in for it only when none is.
 */
final class T5Weights {

  private static final List<String> EMBEDDINGS =
      List.of(T5Parameters.SHARED, "decoder.embed_tokens.weight", "encoder.embed_tokens.weight");

  /** Stored by old versions, used by none. */
  private static final String UNUSED =
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

  /** Elements that move between file and engine at once. */
  private static final int PIECE = TensorFile.PIECE;

  private static final int NAMES_SHOWN = 8;

  private final Path directory;
  private final CheckpointWeights stored;
  private final T5ConfigFile.Contents contents;
  private final WeightMemory memory;
  private final int piece;
  private final Set<String> mapped = new HashSet<>();

  private T5Weights(
      Path directory,
      CheckpointWeights stored,
      T5ConfigFile.Contents contents,
      WeightMemory memory,
      int piece) {
    this.directory = directory;
    this.stored = stored;
    this.contents = contents;
    this.memory = memory;
    this.piece = piece;
  }

  /**
   * What was loaded.
   *
   * @param parameters the parameters, named and ordered as in {@link T5Parameters#of}
   * @param mapped the names of those that are pages of the file
   */
  record Loaded(Map<String, NDArray> parameters, Set<String> mapped) {

    /** Returns parameters that the engine owns. */
    static Loaded owned(Map<String, NDArray> parameters) {
      return new Loaded(parameters, Set.of());
    }
  }

  /**
   * Reads all parameters of a checkpoint.
   *
   * @param manager what they are attached to
   * @param memory where they are
   * @throws CheckpointException if one is missing, is of another shape, or is unknown to T5
   */
  static Loaded load(
      Path directory, T5ConfigFile.Contents contents, NDManager manager, WeightMemory memory) {
    return load(directory, contents, manager, memory, PIECE);
  }

  /** Reads all parameters that cannot be mapped, at most {@code piece} elements at once. */
  static Loaded load(
      Path directory,
      T5ConfigFile.Contents contents,
      NDManager manager,
      WeightMemory memory,
      int piece) {
    try (CheckpointWeights stored = CheckpointWeights.open(directory)) {
      return new T5Weights(directory, stored, contents, memory, piece).read(manager);
    }
  }

  private Loaded read(NDManager manager) {
    Map<String, TensorInfo> tensors = stored.tensors();
    Set<String> sources = new HashSet<>();
    List<String> missing = new ArrayList<>();
    List<T5Parameters.Specification> specifications = T5Parameters.of(contents.config());
    for (T5Parameters.Specification specification : specifications) {
      String source = sourceOf(specification.name());
      if (tensors.containsKey(source)) {
        sources.add(source);
        checkShape(specification, tensors, source);
      } else {
        missing.add(specification.name());
      }
    }
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          "Cannot load the T5 in %s: %s weights are missing: %s. Does its config.json belong to it?"
              .formatted(directory, missing.size(), shown(missing)));
    }
    checkNothingElse(sources);
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (T5Parameters.Specification specification : specifications) {
      String name = specification.name();
      parameters.put(name, read(manager, name, specification.shape()));
    }
    return new Loaded(parameters, Set.copyOf(mapped));
  }

  /** Returns under which name the checkpoint stores a parameter, whether or not it does. */
  private String sourceOf(String name) {
    Set<String> names = stored.tensors().keySet();
    if (name.equals(T5Parameters.SHARED)) {
      boolean tied = contents.config().tieWordEmbeddings();
      String last = tied ? T5Parameters.OUTPUT : T5Parameters.SHARED;
      return EMBEDDINGS.stream().filter(names::contains).findFirst().orElse(last);
    }
    if (name.equals(T5Parameters.OUTPUT)
        && !names.contains(name)
        && contents.outputLayerMayBeAbsent()) {
      return sourceOf(T5Parameters.SHARED);
    }
    return name;
  }

  private void checkShape(
      T5Parameters.Specification specification, Map<String, TensorInfo> tensors, String source) {
    TensorInfo info = tensors.get(source);
    List<Long> expected = Arrays.stream(specification.shape().getShape()).boxed().toList();
    if (info == null || !info.shape().equals(expected)) {
      throw new CheckpointException(
          "Cannot load the T5 in %s: %s has the shape %s, but config.json asks for %s."
              .formatted(directory, source, info == null ? "?" : info.shape(), expected));
    }
  }

  private void checkNothingElse(Set<String> used) {
    Set<String> rest = new HashSet<>(stored.tensors().keySet());
    rest.removeAll(used);
    EMBEDDINGS.forEach(rest::remove);
    rest.remove(UNUSED);
    if (rest.remove(T5Parameters.OUTPUT)) {
      checkOutputIsEmbedding();
    }
    if (!rest.isEmpty()) {
      throw new CheckpointException(
          "Cannot load the T5 in %s: it has %s weights that this form of T5 does not know: %s. Does its config.json belong to it?"
              .formatted(directory, rest.size(), shown(rest.stream().sorted().toList())));
    }
  }

  /** A tied model may store its output layer, but transformers 4 and 5 differ when it differs. */
  private void checkOutputIsEmbedding() {
    String embedding = sourceOf(T5Parameters.SHARED);
    TensorInfo info = stored.tensors().get(embedding);
    TensorInfo output = stored.tensors().get(T5Parameters.OUTPUT);
    boolean same = info != null && output != null && info.shape().equals(output.shape());
    if (same && info != null) {
      ByteBuffer left = buffer(Math.min(piece, info.elements()));
      ByteBuffer right = buffer(Math.min(piece, info.elements()));
      for (long start = 0; same && start < info.elements(); start += piece) {
        int bytes = (int) Math.min(piece, info.elements() - start) * Float.BYTES;
        stored.read(embedding, start, left.clear().limit(bytes));
        stored.read(T5Parameters.OUTPUT, start, right.clear().limit(bytes));
        same = left.flip().equals(right.flip());
      }
    }
    if (!same) {
      throw new CheckpointException(
          ("Cannot load the T5 in %s: config.json ties the output layer to the embedding, but %s"
                  + " differs from %s. If the model was trained untied (v1.1, Flan), set"
                  + " \"tie_word_embeddings\": false in config.json; else remove %s.")
              .formatted(directory, T5Parameters.OUTPUT, embedding, T5Parameters.OUTPUT));
    }
  }

  private NDArray read(NDManager manager, String name, Shape shape) {
    String source = sourceOf(name);
    Optional<ByteBuffer> pages = memory.mapping().flatMap(how -> stored.map(source, how));
    if (pages.isPresent()) {
      mapped.add(name);
      // A CPU borrows the buffer: it stays mapped as long as the array is open. A GPU copies it.
      return manager.create(pages.get(), shape, DataType.FLOAT32);
    }
    return read(manager, shape, piece, (start, target) -> stored.read(source, start, target));
  }

  /**
   * Makes an array of 32-bit floats that the engine owns.
   *
   * @param source where its elements come from; it is asked for one piece after the other
   */
  static NDArray read(NDManager manager, Shape shape, SafetensorsWriter.FloatSource source) {
    return read(manager, shape, PIECE, source);
  }

  private static NDArray read(
      NDManager manager, Shape shape, int piece, SafetensorsWriter.FloatSource source) {
    NDArray parameter = manager.create(shape, DataType.FLOAT32);
    TensorFile.fill(parameter, piece, source);
    return parameter;
  }

  /**
   * Writes all parameters of a model. An untied output layer is always stored, also when it equals
   * the embedding: transformers 4 would tie it otherwise.
   *
   * @return the file written
   */
  static Path save(Path directory, Map<String, NDArray> parameters) {
    return TensorFile.write(directory.resolve(CheckpointWeights.SINGLE_FILE), parameters);
  }

  private static ByteBuffer buffer(long elements) {
    return ByteBuffer.allocateDirect((int) elements * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  private static String shown(List<String> names) {
    String more = names.size() > NAMES_SHOWN ? ", ..." : "";
    return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", ")) + more;
  }
}
