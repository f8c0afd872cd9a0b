package io.refract.train.checkpoint;

import io.refract.internal.DurableFiles;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories that appear whole or not at all. */
public final class CheckpointDirectory {

  private CheckpointDirectory() {}

  /**
   * Writes a directory: first under a hidden name beside it, then renamed. When the process is
   * killed in between, the hidden directory is left and the target is not there.
   *
   * @param directory the target; it must not exist, or be an empty directory, so that nothing is
   *     ever overwritten
   * @param content writes the files into the directory that it is given
   * @throws CheckpointException if the target has content, or cannot be written
   */
  public static void write(Path directory, Consumer<Path> content) {
    Path part = null;
    try {
      Path target = directory.toAbsolutePath().normalize();
      checkVacant(target);
      Path parent = target.getParent();
      if (parent == null) {
        throw new CheckpointException(
            "Cannot save to %s: it is the root of a file system.".formatted(directory));
      }
      Files.createDirectories(parent);
      part = Files.createTempDirectory(parent, "." + target.getFileName() + ".part");
      Path filled = Files.createDirectory(part.resolve("content"));
      content.accept(filled);
      // Before older ones are deleted, or the caller relies on it: after a power cut, too, it is
      // whole or not there.
      DurableFiles.forceTree(filled);
      // Not every system replaces an empty directory by a rename.
      Files.deleteIfExists(target);
      move(filled, target);
      DurableFiles.forceDirectory(parent);
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot save to %s: %s. Check that its parent is writable and the disk has room."
              .formatted(directory, e),
          e);
    } finally {
      deleteAll(part);
    }
  }

  /**
   * Checks that a directory can be written to without losing anything.
   *
   * @param directory the directory
   * @throws CheckpointException if it has content, or is no directory
   */
  public static void checkVacant(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(
          "Cannot save to %s: it is a file. Give the name of a new directory."
              .formatted(directory));
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw new CheckpointException(
            "Cannot save to %s: the directory is not empty, and nothing is ever overwritten. Give a new directory, or remove this one first."
                .formatted(directory));
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot save to %s: it cannot be read (%s).".formatted(directory, e), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network file systems: still one rename, only without the promise.
      Files.move(from, to);
    }
  }

  private static void deleteAll(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot remove the temporary directory %s: %s. Remove it by hand."
              .formatted(directory, e),
          e);
    }
  }
}
