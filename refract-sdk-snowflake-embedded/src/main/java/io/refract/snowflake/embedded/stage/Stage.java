package io.refract.snowflake.embedded.stage;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The files of one internal stage in a directory on disk.
 *
 * <p>The directories of a stage path are encoded ({@link PathNames}), the name of the file itself
 * is kept, because the driver writes it.
 *
 * @param directory the absolute directory of the stage; it need not exist while the stage is empty
 * @param label what stands before the path in LIST: {@code stage/}, or nothing for table and user
 *     stages
 */
public record Stage(Path directory, String label) {

  /**
   * A staged file.
   *
   * @param path the path in the stage, {@code sub/a.csv.gz}
   * @param file where it lies on disk
   * @param size in bytes
   * @param modified when it was written
   */
  public record StagedFile(String path, Path file, long size, Instant modified) {

    /** Returns the last part of the path. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /**
   * Returns the files whose path starts with a prefix, in the order of their paths.
   *
   * @param prefix as in cloud storage: {@code a} finds {@code a.csv} and {@code abc/d}
   * @param pattern the regular expression that the whole path must match, or null
   */
  public List<StagedFile> list(String prefix, @Nullable String pattern) {
    Pattern wanted = pattern == null ? null : compile(pattern);
    List<StagedFile> files = new ArrayList<>();
    Path start = directory;
    // Only the directory that holds everything under the prefix has to be walked.
    int slash = prefix.lastIndexOf('/');
    if (slash >= 0) {
      start = resolveDirectory(prefix.substring(0, slash));
    }
    if (!Files.isDirectory(start)) {
      return files;
    }
    try {
      Files.walkFileTree(
          start,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = PathNames.decode(directory.relativize(file));
              if (attributes.isRegularFile()
                  && path.startsWith(prefix)
                  && (wanted == null || wanted.matcher(path).matches())) {
                files.add(
                    new StagedFile(
                        path, file, attributes.size(), attributes.lastModifiedTime().toInstant()));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              // Another session removed it in the meantime.
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw failed("Reading", start, e);
    }
    files.sort(Comparator.comparing(StagedFile::path));
    return files;
  }

  /** Returns the file with exactly this path, or null. */
  public @Nullable StagedFile find(String path) {
    for (StagedFile file : list(path, null)) {
      if (file.path().equals(path)) {
        return file;
      }
    }
    return null;
  }

  /** Deletes a file; one that is gone already is no error. */
  public void delete(StagedFile file) {
    try {
      Files.deleteIfExists(file.file());
      Path parent = file.file().getParent();
      // Directories are an artefact of the disk: an empty one must not stay behind.
      while (parent != null && parent.startsWith(directory) && isEmpty(parent)) {
        Files.deleteIfExists(parent);
        parent = parent.getParent();
      }
    } catch (IOException e) {
      throw failed("Removing " + file.path() + " from", directory, e);
    }
  }

  /** Deletes the stage with all its files. */
  public void deleteAll() {
    try {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw failed("Removing", directory, e);
    }
  }

  /** Returns the directory on disk of a path in the stage; it need not exist. */
  public Path resolveDirectory(String path) {
    Path resolved = directory;
    for (String segment : path.split("/")) {
      if (!segment.isEmpty()) {
        resolved = resolved.resolve(PathNames.encode(segment));
      }
    }
    Path normalized = resolved.normalize();
    // Encoding leaves no ".." behind; this holds whatever happens to the encoding.
    if (!normalized.startsWith(directory)) {
      throw SqlError.syntax("the path '" + path + "' leaves the stage.");
    }
    return normalized;
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (var entries = Files.newDirectoryStream(path)) {
      return !entries.iterator().hasNext();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Pattern compile(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw SqlError.of(
          "100048",
          "2201B",
          "Invalid regular expression: '" + pattern + "', " + e.getDescription(),
          e);
    }
  }

  private static SqlError failed(String attempt, Path path, IOException e) {
    return SqlError.of("100016", "58030", attempt + " " + path + " failed: " + e, e);
  }
}
