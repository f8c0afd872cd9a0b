package io.refract.snowflake.stage;

import com.google.common.collect.ImmutableList;
import io.refract.progress.ProgressEvent;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One put of a file or of a directory tree.
 *
 * <p>PUT does not go into sub-directories, so each directory is sent by itself: its files together
 * in one statement when all are small and there is nothing else, because the driver fails when a
 * wildcard matches a directory; otherwise one by one, which also gives progress where it matters.
 */
final class Upload {

  private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

  /** The size up to which Snowflake's documentation says files are sent whole. */
  private static final long SMALL_FILE = 64L << 20;

  private static final String UPLOADED = "UPLOADED";
  private static final String SKIPPED = "SKIPPED";

  private final SqlSession session;
  private final StageLocation target;
  private final PutOptions options;
  private final List<StagedFile> results = new ArrayList<>();
  private long totalBytes;
  private long doneBytes;

  Upload(SqlSession session, StageLocation target, PutOptions options) {
    this.session = session;
    this.target = target;
    this.options = options;
  }

  /** Sends a file, or all files below a directory, and returns what was done with each. */
  List<StagedFile> send(Path source) {
    try {
      Map<String, List<Path>> directories = filesByDirectory(source);
      for (List<Path> files : directories.values()) {
        for (Path file : files) {
          totalBytes += Files.size(file);
        }
      }
      report("");
      for (Map.Entry<String, List<Path>> entry : directories.entrySet()) {
        StageLocation directory =
            entry.getKey().isEmpty() ? target : target.resolve(entry.getKey());
        sendDirectory(entry.getValue(), directory, Files.isDirectory(source));
      }
    } catch (IOException e) {
      throw new StageException(
          "Could not put %s to %s: the local files cannot be read (%s)."
              .formatted(LocalFiles.shown(source), target, e),
          e);
    }
    return ImmutableList.copyOf(results);
  }

  /** Returns the files under the path of their directory relative to the source. */
  private Map<String, List<Path>> filesByDirectory(Path source) throws IOException {
    Map<String, List<Path>> directories = new TreeMap<>();
    if (!Files.isDirectory(source)) {
      if (!Files.isRegularFile(source)) {
        throw new StageException(
            "Could not put %s to %s: there is no such file or directory."
                .formatted(LocalFiles.shown(source), target),
            null);
      }
      directories.put("", ImmutableList.of(source));
      return directories;
    }
    List<Path> files;
    try (Stream<Path> tree = Files.walk(source)) {
      files = tree.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      List<String> parts = new ArrayList<>();
      source.relativize(file).forEach(part -> parts.add(part.toString()));
      String name = parts.remove(parts.size() - 1);
      if (!LocalFiles.isStageable(String.join("", parts) + name)) {
        throw new StageException(
            "Could not put %s to %s: a name with control characters cannot stand on a stage."
                .formatted(LocalFiles.shown(file), target),
            null);
      }
      directories.computeIfAbsent(String.join("/", parts), key -> new ArrayList<>()).add(file);
    }
    return directories;
  }

  private void sendDirectory(List<Path> files, StageLocation directory, boolean wholeDirectory)
      throws IOException {
    List<Path> unsafe = files.stream().filter(file -> !LocalFiles.isSafe(file)).toList();
    if (!unsafe.isEmpty()) {
      sendThroughLinks(files, directory);
      return;
    }
    boolean together = wholeDirectory && files.size() > 1 && LocalFiles.hasFilesOnly(files.get(0));
    for (Path file : files) {
      together &= Files.size(file) <= SMALL_FILE;
    }
    if (together) {
      put(LocalFiles.allBeside(files.get(0)), files, directory);
    } else {
      for (Path file : files) {
        put(LocalFiles.uri(file), ImmutableList.of(file), directory);
      }
    }
  }

  private void sendThroughLinks(List<Path> files, StageLocation directory) throws IOException {
    Path links = LocalFiles.safeDirectory("refract-put-");
    try {
      LocalFiles.link(files, links);
      put(LocalFiles.allBeside(links.resolve("any")), files, directory);
    } finally {
      LocalFiles.deleteTree(links);
    }
  }

  private void put(String localFiles, List<Path> files, StageLocation directory)
      throws IOException {
    String sql =
        StageStatements.put(localFiles, directory, options.parallel(), options.overwrite());
    Map<String, String> statuses = new LinkedHashMap<>();
    for (Row row : session.query(sql)) {
      String target = String.valueOf(row.value("target"));
      String status = String.valueOf(row.value("status")).toUpperCase(Locale.ROOT);
      statuses.put(target.substring(target.lastIndexOf('/') + 1), status);
      if (!status.equals(UPLOADED) && !status.equals(SKIPPED)) {
        throw new StageException(
            "Could not put %s to %s: the driver reports %s %s. Put it again."
                .formatted(row.value("source"), directory, status, row.text("message")),
            null);
      }
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      String status = statuses.get(name);
      if (status == null) {
        throw new StageException(
            "Could not put %s to %s: the driver reports nothing about it, only about %s. Put it"
                    .formatted(LocalFiles.shown(file), directory, statuses.keySet())
                + " again.",
            null);
      }
      long size = Files.size(file);
      if (status.equals(SKIPPED)) {
        LOG.warn("{} was not sent: {} has a file of that name, see PutOptions", name, directory);
      }
      results.add(
          new StagedFile(
              file, directory.asDirectory().resolve(name).path(), size, status.equals(UPLOADED)));
      doneBytes += size;
    }
    report(files.get(files.size() - 1).getFileName().toString());
  }

  private void report(String note) {
    options
        .progress()
        .onProgress(new ProgressEvent("upload to " + target, doneBytes, totalBytes, "bytes", note));
  }
}
