package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.data.TextPair;
import io.refract.data.TextPairs;
import io.refract.progress.ProgressListener;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;

/**
 * Examples to train or to evaluate on, in their order.
 *
 * <p>Texts of more than 1 MiB lie in a temporary file, in the directory of {@code java.io.tmpdir},
 * and are read from there when they are asked for: an example costs 8 bytes of heap, in a part of a
 * split 4 more, whatever its length. While data is read or split, up to 30 bytes a row are needed
 * on top. The file has no name as soon as it is open, so nothing is left behind, and its room is
 * given back when the data set is no longer referred to. Immutable and thread-safe.
 */
public final class Dataset implements TrainingData {

  private final List<Example> examples;
  private final DataReport report;
  private final DatasetProvenance provenance;

  /**
   * Creates a data set.
   *
   * @param examples the examples, immutable and with random access; they need not be in memory
   * @param report what became of the rows of their source
   * @param provenance which part of which data they are
   */
  Dataset(List<Example> examples, DataReport report, DatasetProvenance provenance) {
    this.examples = examples;
    this.report = report;
    this.provenance = provenance;
  }

  /**
   * Reads a file of comma-separated values whose first row names the columns.
   *
   * @param file the file
   * @return the reader, which still needs the names of the two columns
   */
  public static CsvReader csv(Path file) {
    return new CsvReader(file);
  }

  /**
   * Reads a file with one JSON object per line.
   *
   * @param file the file
   * @return the reader, which still needs the names of the two fields
   */
  public static JsonlReader jsonl(Path file) {
    return new JsonlReader(file);
  }

  /**
   * Reads a Parquet file. DuckDB's JDBC driver must be on the class path.
   *
   * @param file the file
   * @return the reader, which still needs the names of the two columns
   */
  public static ParquetReader parquet(Path file) {
    return new ParquetReader(file);
  }

  /**
   * Reads the rows of a query.
   *
   * @param database the database
   * @param sql one statement with a result, question marks for its binds
   * @return the reader, which still needs the names of the two columns
   */
  public static QueryReader query(DataSource database, String sql) {
    requireNonNull(database, "database");
    return new QueryReader(database::getConnection, sql);
  }

  /**
   * Reads the rows of a query.
   *
   * @param connections opens the connection to read from; it is closed afterwards
   * @param sql one statement with a result, question marks for its binds
   * @return the reader, which still needs the names of the two columns
   */
  public static QueryReader query(ConnectionSource connections, String sql) {
    return new QueryReader(connections, sql);
  }

  /**
   * Reads pairs of texts from wherever they come, for example from a table in Snowflake. A text
   * that is missing counts as an empty cell.
   *
   * @param pairs the pairs; they are read once
   * @throws DataException when no pair can be used
   */
  public static Dataset of(TextPairs pairs) {
    try (RowCounter rows = new RowCounter(pairs.name());
        Stream<TextPair> stream = pairs.open()) {
      long number = 0;
      for (Iterator<TextPair> all = stream.sequential().iterator(); all.hasNext(); ) {
        TextPair pair = all.next();
        rows.useAndDigest(++number, pair.source(), pair.target());
      }
      return rows.dataset();
    }
  }

  /**
   * Takes examples that are there already. Those with a blank source or target are skipped and
   * counted in the report, by their position in the list from 1.
   *
   * @param examples the examples
   * @throws DataException when no example can be used
   */
  public static Dataset of(List<Example> examples) {
    return of("examples in memory", examples);
  }

  /**
   * Takes examples that a program makes, each only for as long as it is written to a temporary
   * file. Those with a blank source or target are skipped and counted in the report, by their
   * position from 1.
   *
   * @param name the data as a person knows them, for reports and provenance
   * @param examples the examples; they are gone through once
   * @throws DataException when no example can be used
   */
  public static Dataset of(String name, Iterable<Example> examples) {
    return of(name, StreamSupport.stream(examples.spliterator(), false));
  }

  /**
   * Takes the examples of a stream, as {@link #of(String, Iterable)} does, and closes it.
   *
   * @param name the data as a person knows them, for reports and provenance
   * @param examples the examples
   * @throws DataException when no example can be used
   */
  public static Dataset of(String name, Stream<Example> examples) {
    return of(
        TextPairs.of(
            name, () -> examples.map(example -> new TextPair(example.source(), example.target()))));
  }

  /** Returns the number of examples. */
  public int size() {
    return examples.size();
  }

  @Override
  public EncodedDataset encode(
      T5Tokenizer tokenizer,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens,
      ProgressListener progress) {
    return EncodedDataset.encode(
        this, tokenizer, taskPrefix, maxSourceTokens, maxTargetTokens, progress);
  }

  /**
   * Returns all examples in their order. The list cannot be changed; each access reads the texts
   * anew, so keep an example that is needed twice.
   */
  public List<Example> examples() {
    return examples;
  }

  /** Returns what became of each row of the source when it was read. */
  public DataReport report() {
    return report;
  }

  /**
   * Returns the SHA-256 of the data that this set comes from, as 64 hexadecimal digits: of the
   * file's bytes, so that {@code sha256sum} gives the same; or, for rows that have no file, of the
   * length (4 bytes, little-endian) and the UTF-8 bytes of each text in turn, skipped rows included
   * and a length of -1 for NULL.
   */
  public String digest() {
    return provenance.sha256();
  }

  @Override
  public DatasetProvenance provenance() {
    return provenance;
  }

  /**
   * Splits the examples into a training and a validation side. The same source text never stands on
   * both sides, also when it is repeated with other white space. Both sides keep the order of this
   * set. The same data, fraction and seed give the same split on every machine.
   *
   * @param fraction the share of the rows to hold out for validation, between 0 and 1, both
   *     excluded; rounded, and exceeded when the last text taken has several rows
   * @param seed the seed of the choice
   * @throws IllegalArgumentException when the fraction is out of range
   * @throws DataException when there are fewer than two source texts
   */
  public Split holdOut(double fraction, long seed) {
    BitSet heldOut = HoldOut.choose(examples, fraction, seed);
    int[] training = IntStream.range(0, size()).filter(row -> !heldOut.get(row)).toArray();
    int[] validation = heldOut.stream().toArray();
    String split = "hold-out " + fraction;
    return new Split(
        part(new SelectedExamples(examples, training), split + ", training side", seed),
        part(new SelectedExamples(examples, validation), split + ", validation side", seed));
  }

  private Dataset part(List<Example> rows, String split, long seed) {
    String whole = provenance.split().equals("all") ? split : provenance.split() + ", " + split;
    return new Dataset(rows, report, provenance.withSplit(whole, seed, rows.size()));
  }

  /**
   * Returns the first examples.
   *
   * @param count how many at most, at least 1
   */
  public Dataset first(int count) {
    checkArgument(count >= 1, "count must be at least 1 but was %s", count);
    if (count >= size()) {
      return this;
    }
    return part(examples.subList(0, count), "first " + count, provenance.seed());
  }

  /**
   * Returns the distinct targets with the number of their examples, most frequent first.
   *
   * @throws DataException when there are more than 1,000: this is no classification then
   */
  public Map<String, Long> labels() {
    return Labels.of(this, Labels.LIMIT);
  }

  /**
   * Returns the distinct targets with the number of their examples, most frequent first.
   *
   * @param limit how many there may be, at least 1
   * @throws DataException when there are more than that
   */
  public Map<String, Long> labels(int limit) {
    return Labels.of(this, limit);
  }

  /**
   * Checks that each target is one of the given labels, to the letter.
   *
   * @param allowed the labels
   * @return this data set
   * @throws DataException when there are others; it names them with their counts, their first
   *     positions in this set, from 1, and the label that they equal but for case and white space
   */
  public Dataset requireLabels(Collection<String> allowed) {
    Labels.require(this, allowed);
    return this;
  }

  @Override
  public String toString() {
    return "Dataset["
        + provenance.name()
        + ", "
        + provenance.split()
        + ", "
        + size()
        + " examples]";
  }
}
