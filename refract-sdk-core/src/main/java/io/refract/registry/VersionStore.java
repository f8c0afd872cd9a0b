package io.refract.registry;

import io.refract.artifact.ArtifactException;
import io.refract.artifact.ArtifactManifest;
import io.refract.internal.DurableFiles;
import io.refract.progress.ProgressListener;
import io.refract.scoring.ScoreSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version directories on the disk. A version is built aside, forced to the disk, and published
 * with one rename onto the next free number, which gives it its number at the same time.
 */
final class VersionStore {

  private static final Logger LOG = LoggerFactory.getLogger(VersionStore.class);

  private final RegistryLayout layout;
  private final Workspace workspace;
  private final Clock clock;
  private final ProgressListener progress;

  VersionStore(RegistryLayout layout, Workspace workspace, Clock clock, ProgressListener progress) {
    this.layout = layout;
    this.workspace = workspace;
    this.clock = clock;
    this.progress = progress;
  }

  List<String> models() {
    try {
      return layout.modelNames().stream().filter(name -> !numbers(name).isEmpty()).toList();
    } catch (IOException e) {
      throw new RegistryException(
          "cannot list the models of %s: %s; check the rights there".formatted(layout.root(), e),
          e);
    }
  }

  List<Integer> numbers(String model) {
    try {
      return layout.versionNumbers(model);
    } catch (IOException e) {
      throw new RegistryException(
          "cannot list the versions of '%s': %s; check the rights on the registry"
              .formatted(model, e),
          e);
    }
  }

  ModelVersion read(String model, int number) {
    return ModelVersion.read(layout.version(model, number), model, number);
  }

  /**
   * Writes a version, unless an equal one is there.
   *
   * @param logged what the audit log says: numbers that were given even if their directories are
   *     gone, and the manifests that versions have
   */
  ModelVersion write(VersionContent content, ModelState logged) {
    Path building = null;
    try {
      building = workspace.open();
      VersionManifest manifest = build(content, building);
      DurableFiles.createDirectories(layout.versions(content.name()));
      while (true) {
        List<Integer> numbers = numbers(content.name());
        Optional<ModelVersion> equal =
            findEqual(content.name(), numbers, manifest.content(), logged);
        if (equal.isPresent()) {
          return equal.get();
        }
        int highest = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        int number = Math.max(highest, logged.highestVersion()) + 1;
        DurableFiles.write(
            building.resolve(ArtifactManifest.FILE_NAME), manifest.withVersion(number).toJson());
        DurableFiles.forceDirectory(building);
        if (DurableFiles.publish(building, layout.version(content.name(), number))) {
          return read(content.name(), number);
        }
      }
    } catch (IOException | ArtifactException e) {
      throw new RegistryException(
          "cannot register a version of '%s': %s; nothing was registered; check the space and the"
                  .formatted(content.name(), e.getMessage())
              + " rights on the registry, then repeat",
          e);
    } finally {
      if (building != null) {
        workspace.discard(building);
      }
    }
  }

  private VersionManifest build(VersionContent content, Path building) throws IOException {
    ScoreSpecification score =
        ScoreSpecification.of(content.model().format(), content.function(), content.jar());
    Path model = Files.createDirectory(building.resolve(ModelVersion.MODEL));
    content.model().writeTo(model);
    if (RegistryLayout.names(model).isEmpty()) {
      throw new IOException("the model wrote no files");
    }
    if (content.jar().isPresent()) {
      Files.copy(content.jar().get(), building.resolve(ScoreSpecification.JAR));
    }
    Files.writeString(building.resolve(ModelVersion.SCORE), score.toJson());
    Files.writeString(building.resolve(ModelVersion.PROVENANCE), content.provenance().toJson());
    Files.writeString(
        building.resolve(ModelVersion.CARD),
        ModelCard.of(
            content.name(), content.description(), content.provenance(), score, content.metrics()));
    ArtifactManifest files = ArtifactManifest.of(building, progress);
    DurableFiles.forceTree(building);
    return new VersionManifest(
        content.name(),
        1,
        clock.instant().truncatedTo(ChronoUnit.MICROS),
        content.by(),
        content.description(),
        content.metrics(),
        files);
  }

  /** The newest first, for that is what an interrupted program registered. */
  private Optional<ModelVersion> findEqual(
      String model, List<Integer> numbers, ArtifactManifest files, ModelState logged) {
    List<Integer> newestFirst = new ArrayList<>(numbers);
    Collections.reverse(newestFirst);
    for (int number : newestFirst) {
      try {
        ModelVersion version = read(model, number);
        if (version.manifest().equals(files)) {
          version.verifyAgainst(logged);
          version.verify(progress);
          return Optional.of(version);
        }
      } catch (RegistryException e) {
        // A damaged version is nothing to rely on; equal content is registered anew.
        LOG.warn("passing over a version: {}", e.getMessage());
      }
    }
    return Optional.empty();
  }
}
