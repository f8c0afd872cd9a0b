package io.refract.train.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.Longs;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file of rows that grows at its end and can be cut back to a step. Not thread-safe. */
abstract class RowFile {

  private final Path path;
  private @Nullable Writer writer;

  RowFile(Path path) {
    this.path = path;
  }

  final Path path() {
    return path;
  }

  /** Starts a new file. */
  final void create() throws IOException {
    close();
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      writer = Files.newBufferedWriter(path, UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new CallbackException(
          "Cannot write the metric log "
              + path
              + ": it exists already. Delete or move it, name another file, or resume the training"
              + " that wrote it.",
          e);
    }
    begin();
  }

  /** Starts a new file; one of that name, perhaps another training's, is kept beside it. */
  final void createAside() throws IOException {
    for (int number = 1; Files.exists(path); number++) {
      Path older = path.resolveSibling(path.getFileName() + "." + number);
      if (!Files.exists(older)) {
        Files.move(path, older);
      }
    }
    create();
  }

  /**
   * Goes on with a file, or starts it when it is gone.
   *
   * @param lastStep rows of later steps are removed
   * @return the last step whose evaluation was kept; -1 for none
   */
  final long resume(int lastStep) throws IOException {
    if (!Files.exists(path)) {
      create();
      return -1;
    }
    close();
    List<Map<String, String>> kept = new ArrayList<>();
    long evaluated = -1;
    for (Map<String, String> row : read(Files.readString(path, UTF_8))) {
      if (step(row) <= lastStep) {
        kept.add(row);
        evaluated = "evaluation".equals(row.get("event")) ? step(row) : evaluated;
      }
    }
    rewrite(kept);
    return evaluated;
  }

  private static long step(Map<String, String> row) throws IOException {
    Long step = Longs.tryParse(row.getOrDefault("step", ""));
    if (step == null) {
      throw new IOException("the row " + row + " has no step");
    }
    return step;
  }

  /** Puts other rows in the place of the whole file, which is complete at every moment. */
  final void rewrite(List<Map<String, String>> rows) throws IOException {
    close();
    Path next = path.resolveSibling(path.getFileName() + ".next");
    Files.writeString(next, text(rows), UTF_8);
    Files.move(next, path, StandardCopyOption.REPLACE_EXISTING);
    writer = Files.newBufferedWriter(path, UTF_8, StandardOpenOption.APPEND);
  }

  /** Appends text and hands it to the operating system; nothing before the start of a training. */
  final void append(String text) throws IOException {
    if (writer != null) {
      writer.write(text);
      writer.flush();
    }
  }

  final void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  /** Writes what stands before the first row. */
  abstract void begin() throws IOException;

  /** Appends a row. */
  abstract void add(Map<String, Object> row) throws IOException;

  /** Returns the complete rows of a file's text, with the values as they stand there. */
  abstract List<Map<String, String>> read(String text) throws IOException;

  /** Returns the text of a file with such rows. */
  abstract String text(List<Map<String, String>> rows);
}
