package io.refract.samples;

import io.refract.train.t5.T5Config;
import io.refract.train.t5.T5Model;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens what {@code --model} names. */
final class Models {

  private Models() {}

  /**
   * Opens a model.
   *
   * @param model a directory, a hub id, or null for the samples' tiny T5
   * @param seed decides the first weights when the directory has none
   */
  static T5Model open(@Nullable String model, long seed) {
    Path directory = model == null ? SampleFiles.tinyModel() : Path.of(model);
    if (Files.isRegularFile(directory.resolve("config.json"))
        && Files.notExists(directory.resolve("model.safetensors"))
        && Files.notExists(directory.resolve("model.safetensors.index.json"))
        && Files.notExists(directory.resolve("pytorch_model.bin"))) {
      return T5Model.create(T5Config.load(directory), directory, seed);
    }
    return T5Model.load(model == null ? directory.toString() : model);
  }
}
