package io.refract.train.t5;

import static java.util.stream.Collectors.toMap;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.refract.artifact.ArtifactFile;
import io.refract.artifact.ArtifactManifest;
import io.refract.provenance.CheckpointProvenance;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.CheckpointWeights;
import io.refract.train.hub.ModelHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the weights of a model came from. Files are hashed when somebody asks; that they are still
 * those that were loaded is told by their sizes and times.
 *
 * <p>Thread-safe.
 */
final class LoadedCheckpoint {

  private final Path directory;
  private final Map<Path, State> files;
  private @Nullable CheckpointProvenance provenance;

  /** What changes when a file is written. */
  private record State(long size, FileTime modified) {}

  private LoadedCheckpoint(Path directory, Map<Path, State> files) {
    this.directory = directory;
    this.files = files;
  }

  /** Looks at the files of a directory, before they are loaded. */
  static LoadedCheckpoint of(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return new LoadedCheckpoint(absolute, look(absolute));
  }

  static boolean isDirectory(String name) {
    try {
      return !name.isEmpty() && Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns what a training writes down of its start. */
  synchronized CheckpointProvenance provenance() {
    if (provenance == null) {
      String digest = digest();
      if (!look(directory).equals(files)) {
        throw new CheckpointException(
            "Cannot say what the model in %s was loaded from: its files have changed since. Load it again."
                .formatted(directory));
      }
      String name = ModelHub.snapshotName(directory).orElse(directory.toString());
      provenance = new CheckpointProvenance(name, digest);
    }
    return provenance;
  }

  private String digest() {
    try {
      List<ArtifactFile> hashed = new ArrayList<>();
      for (Path file : files.keySet()) {
        String sha256 = MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
        hashed.add(new ArtifactFile(file.getFileName().toString(), Files.size(file), sha256));
      }
      return hashed.size() == 1 ? hashed.get(0).sha256() : new ArtifactManifest(hashed).digest();
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot say what the model in %s was loaded from: %s. Load it again."
              .formatted(directory, e),
          e);
    }
  }

  /** Returns the files of weights: the single one, or else all shards. */
  private static Map<Path, State> look(Path directory) {
    Path single = directory.resolve(CheckpointWeights.SINGLE_FILE);
    try (Stream<Path> all = Files.list(directory)) {
      return (Files.exists(single) ? Stream.of(single) : all)
          .filter(file -> file.toString().endsWith(".safetensors"))
          .filter(file -> !file.getFileName().toString().startsWith("adapter_"))
          .collect(toMap(file -> file, LoadedCheckpoint::state));
    } catch (IOException e) {
      throw new CheckpointException("Cannot read the model in %s: %s.".formatted(directory, e), e);
    }
  }

  private static State state(Path file) {
    try {
      return new State(Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException e) {
      throw new CheckpointException("Cannot read %s: %s.".formatted(file, e), e);
    }
  }
}
