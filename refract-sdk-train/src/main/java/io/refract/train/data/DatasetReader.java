package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file of examples.
 *
 * <p>A row that cannot be used is skipped and counted in the {@link DataReport}; a file in which no
 * row can be used is an error. Not thread-safe; what it reads is.
 *
 * <p>Unless {@link #charset} says otherwise the file is UTF-8, or UTF-16 when a byte order mark
 * says so. A file that is not UTF-8 anywhere it could be is read as windows-1252, and the report
 * says so; a file that is UTF-8 in some places and not in others is refused with the first bad
 * line. No byte is ever replaced silently.
 *
 * @param <R> the kind of reader
 */
public abstract sealed class DatasetReader<R extends DatasetReader<R>>
    permits CsvReader, JsonlReader {

  private static final Logger LOG = LoggerFactory.getLogger(DatasetReader.class);

  private final Path file;
  private @Nullable String source;
  private @Nullable String target;
  private @Nullable Charset charset;

  DatasetReader(Path file) {
    this.file = requireNonNull(file, "file");
  }

  abstract R self();

  /** Reads all rows into the counter. */
  abstract void read(Reader text, String sourceName, String targetName, RowCounter rows)
      throws IOException;

  /**
   * Names the column or field that goes into the encoder.
   *
   * @param name the name, exactly as the file writes it
   */
  public R source(String name) {
    checkArgument(!name.isBlank(), "the source column must not be blank");
    source = name;
    return self();
  }

  /**
   * Names the column or field that the model shall write.
   *
   * @param name the name, exactly as the file writes it
   */
  public R target(String name) {
    checkArgument(!name.isBlank(), "the target column must not be blank");
    target = name;
    return self();
  }

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

  /**
   * Reads the file.
   *
   * @throws DataException when the file cannot be read, is not in its encoding, lacks a column, or
   *     has no row that can be used
   * @throws IllegalStateException when a column has not been named
   */
  public Dataset read() {
    checkState(source != null, "name the source column of %s first: .source(\"...\")", file);
    checkState(target != null, "name the target column of %s first: .target(\"...\")", file);
    if (!Files.isRegularFile(file)) {
      throw new DataException("Cannot read the data in %s: there is no such file.".formatted(file));
    }
    try {
      FileEncoding encoding = FileEncoding.of(file, charset);
      RowCounter rows = new RowCounter(file.toString());
      if (encoding.remark() != null) {
        rows.remark(encoding.remark());
      }
      try (Reader text = encoding.open(file)) {
        read(text, source, target, rows);
      }
      Dataset dataset = Dataset.of(rows, encoding.sha256());
      if (dataset.report().rowsSkipped() > 0 || encoding.remark() != null) {
        LOG.warn("{}", dataset.report());
      }
      return dataset;
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(
          "Cannot read the data in %s: %s. Check that the file is complete and readable."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Reads the file and splits it, as {@link Dataset#holdOut} does.
   *
   * @param fraction the share of the rows to hold out, between 0 and 1, both excluded
   * @param seed the seed of the choice
   */
  public Split holdOut(double fraction, long seed) {
    return read().holdOut(fraction, seed);
  }

  DataException unreadable(String what) {
    return new DataException("Cannot read the data in %s: %s".formatted(file, what));
  }
}
