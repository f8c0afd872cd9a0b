package io.refract.snowflake.stage;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.snowflake.sql.Literal;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One get of a file or of a directory tree.
 *
 * <p>GET flattens directories and takes whatever <em>begins</em> with a path, so each file is
 * fetched by itself into a temporary directory and moved to its place. The names come from the
 * stage and are not trusted: nothing outside the given directory is written.
 */
final class Download {

  private final SqlSession session;
  private final Path directory;
  private final ProgressListener progress;

  Download(SqlSession session, Path directory, ProgressListener progress) {
    this.session = session;
    this.directory = directory.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Fetches files.
   *
   * @param from the location they were asked for, for messages and progress
   * @param files the files
   * @param base what each path begins with and what is left out locally
   * @param alike all files of the stage that begin like the location
   * @return the local files
   */
  List<Path> fetch(StageLocation from, List<StageFile> files, String base, List<StageFile> alike) {
    Map<Path, StageFile> targets = new LinkedHashMap<>();
    for (StageFile file : files) {
      checkDistinct(file, alike);
      targets.put(target(file, file.path().substring(base.length())), file);
    }
    long total = files.stream().mapToLong(StageFile::size).sum();
    long done = 0;
    ImmutableList.Builder<Path> fetched = ImmutableList.builder();
    try {
      Files.createDirectories(directory);
      Path root = directory.toRealPath();
      for (Map.Entry<Path, StageFile> entry : targets.entrySet()) {
        StageFile file = entry.getValue();
        progress.onProgress(
            new ProgressEvent("download from " + from, done, total, "bytes", file.fileName()));
        fetched.add(
            fetch(new StageLocation(from.stage(), file.path()), file.size(), entry.getKey(), root));
        done += file.size();
      }
    } catch (IOException e) {
      throw new StageException(
          "Could not get %s into %s: %s".formatted(from, LocalFiles.shown(directory), e), e);
    }
    progress.onProgress(new ProgressEvent("download from " + from, done, total, "bytes", ""));
    return fetched.build();
  }

  /** GET of a path brings all that begins with it, each under its last name. */
  private void checkDistinct(StageFile file, List<StageFile> alike) {
    for (StageFile other : alike) {
      boolean brought =
          other.path().startsWith(file.path()) && other.path().length() > file.path().length();
      // The mark of a directory has no last name, and brings no file. A colon leads out of a
      // directory on Windows only; what is brought along is not kept.
      String name =
          File.separatorChar == '/' ? other.fileName().replace(':', '_') : other.fileName();
      if (brought && !name.isEmpty() && !isPlain(name)) {
        throw hostile(other);
      }
      if (brought && other.fileName().equals(file.fileName())) {
        throw new StageException(
            "Could not get %s into %s: GET cannot tell it from %s, which begins alike and has the"
                    .formatted(
                        Literal.of(file.path()),
                        LocalFiles.shown(directory),
                        Literal.of(other.path()))
                + " same last name. Remove or rename one of them.",
            null);
      }
    }
  }

  private Path target(StageFile file, String relative) {
    Path target = directory;
    for (String part : Splitter.on('/').split(relative)) {
      if (!isPlain(part)) {
        throw hostile(file);
      }
      target = target.resolve(part);
    }
    return target;
  }

  private static boolean isPlain(String part) {
    try {
      return !part.isEmpty()
          && !part.equals(".")
          && !part.equals("..")
          && part.indexOf('\\') < 0
          && part.indexOf(':') < 0
          && !Path.of(part).isAbsolute()
          && Path.of(part).getNameCount() == 1;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private StageException hostile(StageFile file) {
    return new StageException(
        "Could not get %s into %s: its name could leave that directory, or is no file name here."
                .formatted(Literal.of(file.path()), LocalFiles.shown(directory))
            + " Nothing was written. Remove the file from the stage, or get its neighbours by name.",
        null);
  }

  private Path fetch(StageLocation file, long size, Path target, Path root) throws IOException {
    Path parent = requireNonNull(target.getParent());
    // Before anything is created: a link would lead that outside, too.
    Path existing = parent;
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = requireNonNull(existing.getParent());
    }
    if (!existing.toRealPath().startsWith(root)) {
      throw new StageException(
          "Could not get %s: %s is a link that leads out of %s. Remove the link."
              .formatted(file, LocalFiles.shown(existing), LocalFiles.shown(root)),
          null);
    }
    Files.createDirectories(parent);
    Path temporary =
        LocalFiles.isSafe(root)
            ? Files.createTempDirectory(root, ".refract-get-")
            : LocalFiles.safeDirectory("refract-get-");
    try {
      if (size == 0) {
        // The driver takes a missing local file for one of no bytes, and fails to compare the two.
        Files.createFile(temporary.resolve(requireNonNull(target.getFileName())));
      } else {
        session.query(StageStatements.get(file, LocalFiles.directoryUri(temporary)));
      }
      Path arrived = temporary.resolve(target.getFileName());
      if (!Files.isRegularFile(arrived)) {
        throw new StageException(
            "Could not get %s: the driver reported success but brought %s. Get it again."
                .formatted(file, names(temporary)),
            null);
      }
      Files.move(arrived, target, StandardCopyOption.REPLACE_EXISTING);
      return target;
    } finally {
      LocalFiles.deleteTree(temporary);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
