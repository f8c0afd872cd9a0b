package io.refract.snowflake.stage;

import static java.util.Objects.requireNonNull;

import io.refract.snowflake.sql.Literal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Local paths as PUT and GET take them.
 *
 * <p>The driver cuts the path out of the statement by itself: it ends at the first single quote,
 * whatever stands before that, and {@code *} and {@code ?} are always wildcards. Names with such
 * characters therefore travel under a link in a directory whose own path is harmless.
 */
final class LocalFiles {

  private LocalFiles() {}

  /** Returns the quoted address of a path, for example {@code 'file:///tmp/a b.txt'}. */
  static String uri(Path path) {
    return uri(path.toAbsolutePath().toString(), File.separatorChar);
  }

  /** Returns the quoted address of an absolute path of a system with this separator. */
  static String uri(String absolutePath, char separator) {
    return "'file://" + absolutePath.replace(separator, '/') + "'";
  }

  /**
   * Returns the quoted address of a directory. It ends with a slash: where the driver compares with
   * what is there already, it joins directory and name without one.
   */
  static String directoryUri(Path directory) {
    String uri = uri(directory);
    return uri.substring(0, uri.length() - 1) + "/'";
  }

  /** Returns the quoted address of all files in the directory of a file. */
  static String allBeside(Path file) {
    String uri = uri(file);
    return uri.substring(0, uri.lastIndexOf('/')) + "/*'";
  }

  /** Returns whether the directory of a file holds no directories. */
  static boolean hasFilesOnly(Path file) throws IOException {
    try (Stream<Path> all = Files.list(requireNonNull(file.toAbsolutePath().getParent()))) {
      return all.allMatch(Files::isRegularFile);
    }
  }

  /** Returns whether the driver and the service both read the path of {@link #uri} as it is. */
  static boolean isSafe(Path path) {
    String text = path.toAbsolutePath().toString().replace(File.separatorChar, '/');
    return text.chars().noneMatch(c -> "'*?\\".indexOf(c) >= 0 || Character.isISOControl(c));
  }

  /** Creates a temporary directory for which {@link #isSafe} holds. */
  static Path safeDirectory(String prefix) throws IOException {
    Path directory = Files.createTempDirectory(prefix);
    if (!isSafe(directory)) {
      Files.delete(directory);
      throw new IOException(
          "the directory for temporary files must not have quotes or wildcards in its path, but is "
              + directory.getParent()
              + "; set the system property java.io.tmpdir to another");
    }
    return directory;
  }

  /** Returns whether a name can stand on a stage. */
  static boolean isStageable(String name) {
    return name.chars().noneMatch(Character::isISOControl);
  }

  /** Puts links to the files, under their own names, into a directory. */
  static void link(List<Path> files, Path directory) throws IOException {
    for (Path file : files) {
      Path link = directory.resolve(file.getFileName().toString());
      try {
        Files.createLink(link, file.toRealPath());
      } catch (UnsupportedOperationException | IOException e) {
        // Another file system, or one without links.
        Files.copy(file, link);
      }
    }
  }

  /** Deletes a directory with all that is in it; what cannot be deleted stays behind. */
  static void deleteTree(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      tree.sorted(Comparator.reverseOrder()).forEach(LocalFiles::deleteQuietly);
    } catch (IOException | UncheckedIOException e) {
      // A left-over temporary directory is no reason to fail what succeeded.
      return;
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }

  /** Returns a text for messages. */
  static String shown(Path path) {
    return Literal.of(path.toString());
  }
}
