package io.refract.train.hub;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The directory of one model in the cache. Files appear in it whole or not at all, by renames, so
 * that several processes can fill it at once without locks.
 *
 * <pre>
 * refs/REVISION                 the commit of a branch or tag
 * blobs/ETAG                    the bytes
 * snapshots/COMMIT/FILE         a relative link to the bytes, or a copy where links are impossible
 * .no_exist/COMMIT/FILE         an empty file: the commit is known to have no such file
 * </pre>
 */
final class ModelCache {

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final String TAG =
      "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of Hugging Face models.\n";

  private final Path cache;
  private final Path root;
  private final boolean links;

  ModelCache(HubSettings settings, String id) {
    this.cache = settings.cache().toAbsolutePath().normalize();
    this.root = cache.resolve("models--" + id.replace("/", "--"));
    this.links = settings.links();
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  Path snapshot(String commit) {
    return root.resolve("snapshots").resolve(commit);
  }

  boolean has(String commit, String name) {
    return Files.exists(snapshot(commit).resolve(name));
  }

  boolean isKnownAbsent(String commit, String name) {
    return Files.exists(root.resolve(".no_exist").resolve(commit).resolve(name));
  }

  /** Returns the commit of a revision, if the cache knows it. */
  Optional<String> commitOf(String revision) {
    if (isCommit(revision)) {
      return Optional.of(revision);
    }
    Path reference = root.resolve("refs").resolve(revision);
    try {
      return Files.isRegularFile(reference)
          ? Optional.of(Files.readString(reference).strip()).filter(ModelCache::isCommit)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Writes down the commit of a branch or tag. */
  void remember(String revision, String commit) throws IOException {
    if (commitOf(revision).equals(Optional.of(commit))) {
      return;
    }
    Path reference = root.resolve("refs").resolve(revision);
    Files.createDirectories(reference.getParent());
    Path part = root.resolve(".ref." + token() + ".part");
    try {
      Files.writeString(part, commit);
      Files.move(part, reference, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Writes down that a commit has no such file. */
  void rememberAbsent(String commit, String name) throws IOException {
    Path marker = root.resolve(".no_exist").resolve(commit).resolve(name);
    Files.createDirectories(marker.getParent());
    if (!Files.exists(marker)) {
      try {
        Files.createFile(marker);
      } catch (FileAlreadyExistsException e) {
        // Another process has said the same.
      }
    }
  }

  /** Makes the directories for a download. */
  Path prepare(String commit) throws IOException {
    if (!Files.exists(cache)) {
      Files.createDirectories(cache);
      Files.writeString(cache.resolve("CACHEDIR.TAG"), TAG);
    }
    Files.createDirectories(snapshot(commit));
    return Files.createDirectories(root.resolve("blobs"));
  }

  /** Shows a file in its snapshot when its bytes are there already. */
  boolean link(RemoteFile file) throws IOException {
    Path blob = root.resolve("blobs").resolve(file.etag());
    if (!Files.isRegularFile(blob) || Files.size(blob) != file.size()) {
      return false;
    }
    Path pointer = snapshot(file.commit()).resolve(file.name());
    if (!links || !symbolicLink(pointer, blob)) {
      Path copy = blob.resolveSibling(file.etag() + "." + token() + ".incomplete");
      try {
        Files.copy(blob, copy);
        Files.move(copy, pointer, ATOMIC_MOVE, REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(copy);
      }
    }
    return true;
  }

  /** Gives verified bytes their names. Whoever comes second throws its own copy away. */
  void publish(Path complete, RemoteFile file) throws IOException {
    Path pointer = snapshot(file.commit()).resolve(file.name());
    if (!links) {
      Files.move(complete, pointer, ATOMIC_MOVE, REPLACE_EXISTING);
      return;
    }
    Path blob = root.resolve("blobs").resolve(file.etag());
    if (link(file)) {
      Files.delete(complete);
      return;
    }
    Files.move(complete, blob, ATOMIC_MOVE, REPLACE_EXISTING);
    if (!symbolicLink(pointer, blob)) {
      Files.move(blob, pointer, ATOMIC_MOVE, REPLACE_EXISTING);
    }
  }

  /** Returns false where the system has no links, or does not allow them. */
  private static boolean symbolicLink(Path pointer, Path blob) throws IOException {
    Path target = Path.of("..", "..", "blobs").resolve(blob.getFileName());
    try {
      Files.createSymbolicLink(pointer, target);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (Files.isSymbolicLink(pointer) && Files.readSymbolicLink(pointer).equals(target)) {
        return true;
      }
      // Its bytes were damaged, or it points to what is gone.
      return replaced(pointer, target);
    } catch (UnsupportedOperationException | FileSystemException e) {
      return false;
    }
  }

  private static boolean replaced(Path pointer, Path target) throws IOException {
    Path link = pointer.resolveSibling("." + pointer.getFileName() + "." + token());
    Files.createSymbolicLink(link, target);
    Files.move(link, pointer, ATOMIC_MOVE, REPLACE_EXISTING);
    return true;
  }

  /** Returns eight hexadecimal digits, never those of a {@link PartFile}. */
  static String token() {
    return "c%07x".formatted(ThreadLocalRandom.current().nextInt(1 << 28));
  }
}
