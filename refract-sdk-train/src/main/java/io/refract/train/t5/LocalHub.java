package io.refract.train.t5;

import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The models that Hugging Face's own tools have downloaded to this machine.
 *
 * <p>Source: {@code docs/hub/local-cache.md} of {@code huggingface/hub-docs}, and {@code
 * constants.py} of {@code huggingface_hub} for the variables.
 */
final class LocalHub {

  private static final Pattern HUB_ID = Pattern.compile("([\\w.-]+/)?[\\w.-]+");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final String REVISION = "main";

  private final Map<String, String> environment;
  private final Path home;

  LocalHub(Map<String, String> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  /** Returns the cache that the environment of this process names. */
  static LocalHub ofProcess() {
    return new LocalHub(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Returns a directory for its own name, or the cached directory of a hub id. */
  Path directoryOf(String hubIdOrDirectory) {
    if (isDirectory(hubIdOrDirectory)) {
      return Path.of(hubIdOrDirectory);
    }
    if (!HUB_ID.matcher(hubIdOrDirectory).matches() || hubIdOrDirectory.contains("..")) {
      throw new CheckpointException(
          "Cannot load a T5 from '%s': there is no such directory.".formatted(hubIdOrDirectory));
    }
    Path repository = cache().resolve("models--" + hubIdOrDirectory.replace("/", "--"));
    Path reference = repository.resolve("refs").resolve(REVISION);
    if (!Files.exists(reference)) {
      throw new CheckpointException(
          ("Cannot load a T5 from '%1$s': there is no such directory, and the Hugging Face cache %2$s"
                  + " has no model of that name. Download it once with: hf download %1$s")
              .formatted(hubIdOrDirectory, cache()));
    }
    Path snapshot = repository.resolve("snapshots").resolve(commit(reference));
    if (!Files.exists(snapshot.resolve(T5ConfigFile.NAME))) {
      throw new CheckpointException(
          ("Cannot load a T5 from '%1$s': its copy in the Hugging Face cache, %2$s, is not complete."
                  + " Download it again with: hf download %1$s")
              .formatted(hubIdOrDirectory, snapshot));
    }
    return snapshot;
  }

  private static boolean isDirectory(String name) {
    try {
      return !name.isEmpty() && Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String commit(Path reference) {
    try {
      String commit = Files.readString(reference).strip();
      if (COMMIT.matcher(commit).matches()) {
        return commit;
      }
      throw new CheckpointException(
          "Cannot use the Hugging Face cache: %s does not hold a commit.".formatted(reference));
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot use the Hugging Face cache: %s cannot be read (%s).".formatted(reference, e), e);
    }
  }

  private Path cache() {
    for (String variable : new String[] {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return Path.of(value);
      }
    }
    String own = environment.getOrDefault("HF_HOME", "");
    return (own.isEmpty() ? sharedCache().resolve("huggingface") : Path.of(own)).resolve("hub");
  }

  private Path sharedCache() {
    String value = environment.getOrDefault("XDG_CACHE_HOME", "");
    return value.isEmpty() ? home.resolve(".cache") : Path.of(value);
  }
}
