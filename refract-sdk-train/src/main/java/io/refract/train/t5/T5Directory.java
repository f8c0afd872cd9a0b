package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the directory of a model. */
final class T5Directory {

  private T5Directory() {}

  /** Writes all files of a model without adapter. */
  static void write(
      Path directory,
      T5Config config,
      GenerationConfig generation,
      T5Tokenizer tokenizer,
      Map<String, NDArray> parameters) {
    try {
      tokenizer.copyTo(directory);
      GradMode.off(() -> T5Weights.save(directory, parameters));
      Files.writeString(directory.resolve(GenerationConfig.FILE), generation.toJson());
      // Last, because a directory without it cannot be taken for a checkpoint.
      Files.writeString(directory.resolve(T5ConfigFile.NAME), config.toJson());
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot save to %s: %s. Check that it is writable and the disk has room."
              .formatted(directory, e),
          e);
    }
  }
}
