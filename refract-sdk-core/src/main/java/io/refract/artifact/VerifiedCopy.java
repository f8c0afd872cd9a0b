package io.refract.artifact;

import io.refract.progress.ProgressListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Copies the files of a manifest. Each file gets its name only when all its bytes are there and
 * right, so that a copy that was killed can be continued.
 */
final class VerifiedCopy {

  private final ArtifactManifest manifest;
  private final Path source;
  private final Path target;

  VerifiedCopy(ArtifactManifest manifest, Path source, Path target) {
    this.manifest = manifest;
    this.source = source;
    this.target = target;
  }

  void run(ProgressListener progress) {
    try (FileDigests digests = new FileDigests("copy " + source, manifest.size(), progress)) {
      Files.createDirectories(target);
      prepare();
      for (ArtifactFile file : manifest.files()) {
        Path destination = target.resolve(file.path());
        if (Files.exists(destination, LinkOption.NOFOLLOW_LINKS)) {
          if (!digests.read(target, file.path()).equals(file)) {
            throw refused("'" + file.path() + "' is there with other bytes");
          }
        } else {
          copy(file, destination, digests);
        }
      }
    } catch (IOException e) {
      throw new ArtifactException(
          "cannot copy %s to %s: %s; check the space and the rights there, then repeat"
              .formatted(source, target, e),
          e);
    }
  }

  /** Removes what a killed copy left half done, and refuses a directory with anything foreign. */
  private void prepare() throws IOException {
    DirectoryContent content = DirectoryContent.of(target);
    if (!content.problems().isEmpty()) {
      throw refused(content.problems().get(0));
    }
    for (String path : content.sizes().keySet()) {
      if (path.endsWith(ArtifactManifest.PARTIAL)) {
        Files.delete(target.resolve(path));
      } else if (manifest.file(path).isEmpty()) {
        throw refused("'" + path + "' is there and does not belong to it");
      }
    }
  }

  private void copy(ArtifactFile file, Path destination, FileDigests digests) throws IOException {
    Path partial = destination.resolveSibling(destination.getFileName() + ArtifactManifest.PARTIAL);
    Files.createDirectories(Objects.requireNonNull(destination.getParent(), "parent"));
    ArtifactFile copied;
    try (OutputStream out =
        Files.newOutputStream(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copied = digests.copy(source, file.path(), out);
    }
    if (!copied.equals(file)) {
      Files.delete(partial);
      throw new ArtifactException(
          "cannot copy %s: '%s' has other bytes than its manifest says; restore it from a copy"
              .formatted(source, file.path()),
          null);
    }
    Files.move(partial, destination, StandardCopyOption.ATOMIC_MOVE);
  }

  private ArtifactException refused(String reason) {
    return new ArtifactException(
        "cannot copy %s to %s: %s; choose an empty directory".formatted(source, target, reason),
        null);
  }
}
