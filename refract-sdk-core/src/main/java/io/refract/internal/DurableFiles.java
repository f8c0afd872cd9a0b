package io.refract.internal;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writing that survives a crash: bytes and directory entries are forced to the disk before
 * something is made visible by one rename. An interrupt stays pending, and keeps nothing from the
 * disk.
 */
public final class DurableFiles {

  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  /** Windows forces only what is open for writing; elsewhere a file may be write-protected. */
  private static final StandardOpenOption FORCIBLE =
      WINDOWS ? StandardOpenOption.WRITE : StandardOpenOption.READ;

  private DurableFiles() {}

  /** Writes a file, new or not, and forces it to the disk. */
  public static void write(Path file, String text) throws IOException {
    // Not a channel, which an interrupt would close.
    try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.getFD().sync();
    }
  }

  private static void force(Path path, OpenOption option) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, option)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Forces every file and every directory of a tree to the disk, the root included. */
  public static void forceTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            force(file, FORCIBLE);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            forceDirectory(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Forces the entries of a directory to the disk, where the system can do so. */
  public static void forceDirectory(Path directory) throws IOException {
    if (!WINDOWS) {
      force(directory, StandardOpenOption.READ);
    }
  }

  /** Creates the missing directories of a path below an existing one, and forces each of them. */
  public static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = Objects.requireNonNull(directory.toAbsolutePath().getParent(), "parent");
    createDirectories(parent);
    Files.createDirectories(directory);
    forceDirectory(parent);
  }

  /**
   * Gives a complete, forced directory its final name, in one step that nobody can see half done.
   * The final name must never have been an empty directory: POSIX lets a rename replace those.
   *
   * @return false if somebody else took the name before; the source is then untouched
   * @throws IOException if the rename failed for another reason
   */
  public static boolean publish(Path source, Path target) throws IOException {
    Object identity = Files.readAttributes(source, BasicFileAttributes.class).fileKey();
    try {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      if (Files.exists(source)) {
        return false;
      }
      // A network file system may report failure although the rename was done (a resent request).
      Object found = Files.readAttributes(target, BasicFileAttributes.class).fileKey();
      if (identity == null || !identity.equals(found)) {
        throw e;
      }
    }
    forceDirectory(Objects.requireNonNull(target.getParent(), "parent"));
    return true;
  }

  /** Deletes a tree; links are deleted, never followed. Does nothing when it is not there. */
  public static void deleteTree(Path root) throws IOException {
    if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      MoreFiles.deleteRecursively(root, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
