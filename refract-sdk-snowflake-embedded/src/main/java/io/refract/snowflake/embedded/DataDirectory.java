package io.refract.snowflake.embedded;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one embedded Snowflake: locked against a second one, or temporary.
 *
 * <p>The lock is the operating system's and ends with the process, however it ends.
 */
final class DataDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String LOCK_FILE = "embedded.lock";

  private final Path path;
  private final @Nullable FileChannel lock;

  private DataDirectory(Path path, @Nullable FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  static DataDirectory temporary() {
    try {
      return new DataDirectory(Files.createTempDirectory("refract-snowflake-").toRealPath(), null);
    } catch (IOException e) {
      throw new EmbeddedSnowflakeException(
          "Starting an embedded Snowflake failed: no temporary directory could be made. Check "
              + System.getProperty("java.io.tmpdir")
              + ".",
          e);
    }
  }

  static DataDirectory lock(Path directory) {
    FileChannel channel = null;
    boolean locked = false;
    try {
      Files.createDirectories(directory);
      Path path = directory.toRealPath();
      channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(directory, "another process", null);
      }
      locked = true;
      return new DataDirectory(path, channel);
    } catch (OverlappingFileLockException e) {
      throw inUse(directory, "this process", e);
    } catch (IOException e) {
      throw new EmbeddedSnowflakeException(
          "Starting an embedded Snowflake in "
              + directory
              + " failed: "
              + e
              + ". Check that it is a directory that can be written.",
          e);
    } finally {
      if (!locked && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    if (lock != null) {
      closeQuietly(lock);
      return;
    }
    try {
      // Nothing outside is reached: the directory was made by this process and links stay links.
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      LOG.warn("The temporary directory {} could not be deleted", path, e);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("The lock file could not be closed", e);
    }
  }

  private static EmbeddedSnowflakeException inUse(
      Path directory, String by, @Nullable Exception cause) {
    return new EmbeddedSnowflakeException(
        "Starting an embedded Snowflake in "
            + directory
            + " failed: the directory is in use by an embedded Snowflake of "
            + by
            + ". Close that one, or use another directory.",
        cause);
  }
}
