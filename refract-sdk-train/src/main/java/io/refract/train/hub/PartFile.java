package io.refract.train.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code ETAG.ID.incomplete}, ID drawn at random, of one running download. Nobody else
 * writes to it.
 *
 * <p>What a killed process left is taken over by a rename, which only one can win. It is locked as
 * long as its process lives, and a lock is gone with its process. Unfinished files of other tools
 * are not locked and may be in use, so that only names with the mark of the SDK are looked at.
 */
final class PartFile implements AutoCloseable {

  private static final String MARK = "5df7";
  private static final String SUFFIX = ".incomplete";

  /** Far behind all content, since Windows does not let others read what is locked. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /**
   * The files in use by this process. On POSIX systems a process loses its lock on a file when it
   * opens and closes the file once more, so that this must be known before.
   */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private PartFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Takes over the longest file that an earlier process left, or makes an empty one. */
  static PartFile claim(Path blobs, String etag) throws IOException {
    for (Path left : leftovers(blobs, etag)) {
      PartFile claimed = IN_USE.contains(left) ? null : take(left, newPath(blobs, etag));
      if (claimed != null) {
        return claimed;
      }
    }
    return create(blobs, etag);
  }

  /** Makes an empty file. */
  static PartFile create(Path blobs, String etag) throws IOException {
    Path path = newPath(blobs, etag);
    IN_USE.add(path);
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      lock(channel);
      return new PartFile(path, channel);
    } catch (IOException e) {
      IN_USE.remove(path);
      throw e;
    }
  }

  private static Path newPath(Path blobs, String etag) {
    int random = ThreadLocalRandom.current().nextInt(1 << 16);
    return blobs.resolve("%s.%s%04x%s".formatted(etag, MARK, random, SUFFIX));
  }

  private static List<Path> leftovers(Path blobs, String etag) throws IOException {
    String start = etag + "." + MARK;
    try (Stream<Path> files = Files.list(blobs)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(start))
          .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
          .sorted(Comparator.comparingLong((Path file) -> file.toFile().length()).reversed())
          .toList();
    }
  }

  private static @Nullable PartFile take(Path left, Path path) throws IOException {
    if (!IN_USE.add(left)) {
      return null;
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(left, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (lock(channel)) {
        IN_USE.add(path);
        Files.move(left, path, StandardCopyOption.ATOMIC_MOVE);
        taken = true;
        return new PartFile(path, channel);
      }
      return null;
    } catch (NoSuchFileException e) {
      // Another process was quicker.
      return null;
    } finally {
      if (!taken) {
        IN_USE.remove(path);
        if (channel != null) {
          channel.close();
        }
      }
      IN_USE.remove(left);
    }
  }

  /** Returns false when somebody else uses the file, or the file system has no locks. */
  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false) != null;
    } catch (OverlappingFileLockException | IOException e) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  FileChannel channel() {
    return channel;
  }

  long size() throws IOException {
    return channel.size();
  }

  void append(ByteBuffer bytes) throws IOException {
    channel.position(channel.size());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  void clear() throws IOException {
    channel.truncate(0);
  }

  /** Lets go of the file; what has arrived is left for the next download. */
  @Override
  public void close() throws IOException {
    try {
      if (Files.exists(path) && channel.size() == 0) {
        Files.deleteIfExists(path);
      }
    } finally {
      channel.close();
      IN_USE.remove(path);
    }
  }
}
