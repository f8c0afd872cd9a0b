package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.checkpoint.SafetensorsWriter;
import io.refract.train.checkpoint.TensorInfo;
import io.refract.train.checkpoint.internal.TensorFile;
import io.refract.train.lora.AdapterDescription;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes adapters in the format of {@code peft}. */
final class T5AdapterFiles {

  private static final String PICKLE = "adapter_model.bin";
  private static final int NAMES_SHOWN = 4;

  private final Path directory;
  private final SafetensorsReader stored;
  private final Map<String, TensorInfo> tensors;
  private final Set<String> used = new LinkedHashSet<>();

  private T5AdapterFiles(Path directory, SafetensorsReader stored) {
    this.directory = directory;
    this.stored = stored;
    this.tensors = stored.tensors();
  }

  /**
   * Reads an adapter.
   *
   * @param base the parameters that it adds to
   * @param manager what those belong to
   * @throws CheckpointException if a file is missing or not sound, or the adapter is not one of
   *     this base
   */
  static T5Adapter load(Path directory, Map<String, NDArray> base, NDManager manager) {
    AdapterDescription description = AdapterDescription.load(directory);
    Path file = directory.resolve(AdapterDescription.WEIGHTS_FILE);
    if (!Files.exists(file)) {
      throw noWeights(directory);
    }
    try (SafetensorsReader stored = SafetensorsReader.open(file)) {
      T5AdapterFiles files = new T5AdapterFiles(directory, stored);
      T5Adapter adapter =
          T5Adapter.make(
              description.config(),
              base,
              manager,
              (name, shape, first) -> files.values(name, shape, description));
      try {
        files.checkNothingElse(description);
        return adapter;
      } catch (RuntimeException e) {
        adapter.close();
        throw e;
      }
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "Cannot load the adapter in %s: %s.".formatted(directory, e.getMessage()), e);
    }
  }

  private static CheckpointException noWeights(Path directory) {
    if (Files.exists(directory.resolve(PICKLE))) {
      return new CheckpointException(
          ("Cannot load the adapter in %s: its weights are stored as %s only, a pickle, which could"
                  + " run any code. Convert it once, where you trust the file, with Python:"
                  + " PeftModel.from_pretrained(BASE, DIR).save_pretrained(NEW_DIR); then load NEW_DIR.")
              .formatted(directory, PICKLE));
    }
    return new CheckpointException(
        "Cannot load the adapter in %s: there is no %s. Give a directory that peft or the SDK saved an adapter to."
            .formatted(directory, AdapterDescription.WEIGHTS_FILE));
  }

  private SafetensorsWriter.FloatSource values(
      String name, Shape shape, AdapterDescription description) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw unfit("it has no tensor " + name, description);
    }
    List<Long> expected = Arrays.stream(shape.getShape()).boxed().toList();
    if (!info.shape().equals(expected)) {
      throw unfit(
          "%s has the shape %s, but rank and base ask for %s"
              .formatted(name, info.shape(), expected),
          description);
    }
    used.add(name);
    return (start, target) -> stored.read(name, start, target);
  }

  private void checkNothingElse(AdapterDescription description) {
    List<String> rest = new ArrayList<>(tensors.keySet());
    rest.removeAll(used);
    if (!rest.isEmpty()) {
      throw unfit(
          "it has %s tensors that belong to no targeted layer of the base: %s"
              .formatted(rest.size(), rest.subList(0, Math.min(NAMES_SHOWN, rest.size()))),
          description);
    }
  }

  private CheckpointException unfit(String defect, AdapterDescription description) {
    String trainedOn = description.baseModel();
    return new CheckpointException(
        "Cannot load the adapter in %s: %s. Does it belong to this base? It says it was trained on %s."
            .formatted(directory, defect, trainedOn == null ? "an unnamed model" : trainedOn));
  }

  /**
   * Writes an adapter.
   *
   * @param baseModel what the description names as its base, or null
   */
  static void save(Path directory, T5Adapter adapter, @Nullable String baseModel) {
    try {
      GradMode.off(
          () ->
              TensorFile.write(
                  directory.resolve(AdapterDescription.WEIGHTS_FILE), adapter.parameters()));
      Files.writeString(
          directory.resolve(AdapterDescription.FILE),
          new AdapterDescription(adapter.config(), baseModel).toJson());
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot save the adapter to %s: %s. Check that it is writable and the disk has room."
              .formatted(directory, e),
          e);
    }
  }
}
