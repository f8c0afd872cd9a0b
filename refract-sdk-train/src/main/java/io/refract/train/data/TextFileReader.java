package io.refract.train.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text file of examples.
 *
 * <p>Unless {@link #charset} says otherwise the file is UTF-8, or UTF-16 when a byte order mark
 * says so. A file that is not UTF-8 anywhere it could be is read as windows-1252, and the report
 * says so; a file that is UTF-8 in some places and not in others is refused with the first bad
 * line. No byte is ever replaced silently.
 *
 * @param <R> the kind of reader
 */
public abstract sealed class TextFileReader<R extends TextFileReader<R>> extends DatasetReader<R>
    permits CsvReader, JsonlReader {

  private final Path file;
  private @Nullable Charset charset;

  TextFileReader(Path file) {
    this.file = requireNonNull(file, "file");
  }

  @Override
  String name() {
    return file.toString();
  }

  /** Reads all rows into the counter. */
  abstract void read(Reader text, String sourceName, String targetName, RowCounter rows)
      throws IOException;

  /**
   * Sets the encoding of the file, for example {@code Charset.forName("windows-1252")}. Bytes that
   * it does not know are an error.
   *
   * @param value the encoding
   */
  public R charset(Charset value) {
    charset = requireNonNull(value, "charset");
    return self();
  }

  @Override
  Dataset read(String sourceName, String targetName) {
    if (!Files.isRegularFile(file)) {
      throw unreadable("there is no such file.");
    }
    try (RowCounter rows = new RowCounter(name())) {
      FileEncoding encoding = FileEncoding.of(file, charset);
      if (encoding.remark() != null) {
        rows.remark(encoding.remark());
      }
      try (Reader text = encoding.open(file)) {
        read(text, sourceName, targetName, rows);
      }
      return rows.dataset(encoding.sha256());
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(e.getMessage() + ". Check that the file is complete and readable.", e);
    }
  }
}
