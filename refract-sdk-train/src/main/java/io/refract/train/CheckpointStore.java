package io.refract.train;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.refract.train.checkpoint.CheckpointDirectory;
import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one training in their directory. A lock keeps a second training out; it goes
 * with the process, however that ends.
 */
final class CheckpointStore implements AutoCloseable {

  private static final String LOCK = ".training.lock";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,9})");
  private static final Pattern LEFTOVER = Pattern.compile("\\.step-\\d+\\.part.*");

  private final Checkpoints settings;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final Deletion deletion;

  /** How a directory is deleted with all that is in it. */
  interface Deletion {
    void delete(Path directory) throws IOException;
  }

  private CheckpointStore(
      Checkpoints settings, FileChannel lockFile, FileLock lock, Deletion deletion) {
    this.settings = settings;
    this.lockFile = lockFile;
    this.lock = lock;
    this.deletion = deletion;
  }

  /**
   * Opens the directory, and makes it when it is missing.
   *
   * @throws CheckpointException if another training uses it, or it cannot be written
   */
  static CheckpointStore open(Checkpoints settings) {
    return open(
        settings,
        directory -> MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE));
  }

  /** Opens the directory with another way to delete, for tests. */
  static CheckpointStore open(Checkpoints settings, Deletion deletion) {
    Path directory = settings.directory();
    try {
      Files.createDirectories(directory);
      FileChannel file =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        return locked(settings, file, deletion);
      } catch (IOException | RuntimeException e) {
        closeAfter(e, file);
        throw e;
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot write checkpoints into %s: %s. Check that it can be written."
              .formatted(directory, e),
          e);
    }
  }

  private static CheckpointStore locked(Checkpoints settings, FileChannel file, Deletion deletion)
      throws IOException {
    FileLock lock = tryLock(file);
    if (lock == null) {
      throw new CheckpointException(
          "Cannot write checkpoints into %s: another training writes there. Name another directory."
              .formatted(settings.directory()));
    }
    CheckpointStore store = new CheckpointStore(settings, file, lock, deletion);
    store.removeLeftovers();
    return store;
  }

  /** Lets the lock go with its file. */
  private static void closeAfter(Exception failure, FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  /** A process that was killed while it wrote leaves a hidden directory. */
  private void removeLeftovers() throws IOException {
    for (Path path : list()) {
      if (LEFTOVER.matcher(path.getFileName().toString()).matches()) {
        deletion.delete(path);
      }
    }
  }

  /** Returns the newest checkpoint. */
  Optional<Path> newest() {
    try {
      return steps().max(Integer::compare).map(this::path);
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot look for checkpoints in %s: %s.".formatted(settings.directory(), e), e);
    }
  }

  /** Returns the directory of a step's checkpoint. */
  Path path(int step) {
    return settings.directory().resolve(String.format(Locale.ROOT, "step-%08d", step));
  }

  /**
   * Writes a checkpoint, unless it is there already, and removes those that are no longer kept.
   *
   * @param step updates so far
   * @param best the step of the best evaluation, or a negative number
   * @param content writes the files into the directory that it is given
   */
  void write(int step, int best, Consumer<Path> content) {
    Path target = path(step);
    if (!Files.isDirectory(target)) {
      CheckpointDirectory.write(target, content);
    }
    try {
      List<Integer> all = steps().sorted().toList();
      for (int old : all.subList(0, Math.max(0, all.size() - settings.keepLast()))) {
        if (old != best) {
          deletion.delete(path(old));
        }
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot remove an old checkpoint in %s: %s. The newest is complete."
              .formatted(settings.directory(), e),
          e);
    }
  }

  private Stream<Integer> steps() throws IOException {
    return list().stream()
        .filter(path -> Files.exists(path.resolve(TrainingState.FILE)))
        .map(path -> NAME.matcher(path.getFileName().toString()))
        .filter(Matcher::matches)
        .map(matcher -> Integer.parseInt(matcher.group(1)));
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(settings.directory())) {
      return files.toList();
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot release the checkpoints in %s: %s.".formatted(settings.directory(), e), e);
    }
  }
}
