package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source of examples in one pass. The texts go to a temporary file as they come; the heap
 * does not grow with them.
 *
 * <p>A row that cannot be used is skipped and counted in the {@link DataReport}; a source in which
 * no row can be used is an error. Not thread-safe; what it reads is.
 *
 * @param <R> the kind of reader
 */
public abstract sealed class DatasetReader<R extends DatasetReader<R>>
    permits TextFileReader, QueryReader, ParquetReader {

  private static final Logger LOG = LoggerFactory.getLogger(DatasetReader.class);

  private @Nullable String source;
  private @Nullable String target;

  DatasetReader() {}

  abstract R self();

  /** Returns the source of the rows as a person knows it, without secrets. */
  abstract String name();

  /** Reads all rows. */
  abstract Dataset read(String sourceName, String targetName);

  /**
   * Names the column or field that goes into the encoder.
   *
   * @param name the name, exactly as the source of the rows writes it
   */
  public R source(String name) {
    checkArgument(!name.isBlank(), "the source column must not be blank");
    source = name;
    return self();
  }

  /**
   * Names the column or field that the model shall write.
   *
   * @param name the name, exactly as the source of the rows writes it
   */
  public R target(String name) {
    checkArgument(!name.isBlank(), "the target column must not be blank");
    target = name;
    return self();
  }

  /**
   * Reads all rows.
   *
   * @throws DataException when the rows cannot be read, a column is missing, or no row can be used
   * @throws IllegalStateException when a column has not been named
   */
  public Dataset read() {
    checkState(source != null, "name the source column of %s first: .source(\"...\")", name());
    checkState(target != null, "name the target column of %s first: .target(\"...\")", name());
    Dataset dataset = read(source, target);
    if (dataset.report().rowsSkipped() > 0 || !dataset.report().remarks().isEmpty()) {
      LOG.warn("{}", dataset.report());
    }
    return dataset;
  }

  /**
   * Reads all rows and splits them, as {@link Dataset#holdOut} does.
   *
   * @param fraction the share of the rows to hold out, between 0 and 1, both excluded
   * @param seed the seed of the choice
   */
  public Split holdOut(double fraction, long seed) {
    return read().holdOut(fraction, seed);
  }

  DataException unreadable(String what) {
    return unreadable(what, null);
  }

  DataException unreadable(String what, @Nullable Throwable cause) {
    return new DataException("Cannot read the data in %s: %s".formatted(name(), what), cause);
  }
}
