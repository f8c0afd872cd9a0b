package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.refract.progress.ProgressListener;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Examples to train or to evaluate on, in their order.
 *
 * <p>The texts are held in memory. Immutable and thread-safe.
 */
public final class Dataset implements TrainingData {

  private final List<Example> examples;
  private final DataReport report;
  private final DatasetProvenance provenance;

  Dataset(List<Example> examples, DataReport report, DatasetProvenance provenance) {
    this.examples = List.copyOf(examples);
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
   * Takes examples that are there already. Those with a blank source or target are skipped and
   * counted in the report, by their position in the list from 1.
   *
   * @param examples the examples
   * @throws DataException when no example can be used
   */
  public static Dataset of(List<Example> examples) {
    RowCounter rows = new RowCounter("examples in memory");
    Hasher hasher = Hashing.sha256().newHasher();
    long number = 0;
    for (Example example : examples) {
      rows.use(++number, example.source(), example.target());
      for (String text : List.of(example.source(), example.target())) {
        byte[] bytes = text.getBytes(UTF_8);
        hasher.putInt(bytes.length).putBytes(bytes);
      }
    }
    return of(rows, hasher.hash().toString());
  }

  static Dataset of(RowCounter rows, String sha256) {
    DataReport report = rows.report();
    if (report.rowsUsed() == 0) {
      throw new DataException(
          "Cannot use the data: not one of its rows can be used.\n%s".formatted(report));
    }
    return new Dataset(
        rows.examples(),
        report,
        DatasetProvenance.of(report.name(), sha256, report.rowsUsed())
            .withSkippedRows(report.rowsSkipped()));
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

  /** Returns all examples in their order. */
  public List<Example> examples() {
    return examples;
  }

  /** Returns what became of each row of the source when it was read. */
  public DataReport report() {
    return report;
  }

  /**
   * Returns the SHA-256 of the data that this set comes from, as 64 hexadecimal digits: of the
   * file's bytes, so that {@code sha256sum} gives the same; or, for examples in memory, of the
   * length (4 bytes, little-endian) and the UTF-8 bytes of each text in turn.
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
    List<Example> training = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    for (int row = 0; row < examples.size(); row++) {
      (heldOut.get(row) ? validation : training).add(examples.get(row));
    }
    String split = "hold-out " + fraction;
    return new Split(
        part(training, split + ", training side", seed),
        part(validation, split + ", validation side", seed));
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
