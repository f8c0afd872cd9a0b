package io.refract.snowflake.deploy;

import io.refract.artifact.ModelArtifact;
import io.refract.provenance.Provenance;
import io.refract.registry.ModelRegistry;
import io.refract.registry.ModelVersion;
import io.refract.scoring.ScoreFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Registers models that consist of a few small files. */
final class TestModels {

  static final Map<String, String> COMPLETE = new LinkedHashMap<>();

  static {
    COMPLETE.put("config.json", "{\"model_type\": \"t5\"}");
    COMPLETE.put("generation_config.json", "{}");
    COMPLETE.put("model.safetensors", "weights");
    COMPLETE.put("special_tokens_map.json", "{}");
    COMPLETE.put("tokenizer.json", "{\"version\": \"1.0\"}");
    COMPLETE.put("tokenizer_config.json", "{}");
  }

  private TestModels() {}

  static ModelVersion register(
      Path registry, String format, Map<String, String> files, ScoreFunction<?, ?> function) {
    return ModelRegistry.at(registry)
        .register("news")
        .model(new FilesArtifact(format, files))
        .scoreWith(function)
        .provenance(Provenance.started(Instant.EPOCH).seed(1).engine("none").finish(Instant.EPOCH))
        .by("ana")
        .commit();
  }

  private record FilesArtifact(String format, Map<String, String> files) implements ModelArtifact {
    @Override
    public void writeTo(Path directory) {
      files.forEach(
          (name, content) -> {
            try {
              Files.writeString(directory.resolve(name), content);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
