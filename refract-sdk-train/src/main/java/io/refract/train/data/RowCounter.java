package io.refract.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.refract.provenance.DatasetProvenance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spools examples, and counts the rows that become none. */
final class RowCounter implements AutoCloseable {

  private static final class Reason {
    private long rows;
    private final List<Long> lines = new ArrayList<>();
  }

  private final String name;
  private final List<String> remarks = new ArrayList<>();
  private final Map<String, Reason> reasons = new LinkedHashMap<>();
  private final SpooledExamples.Writer examples = new SpooledExamples.Writer();
  private final Hasher hasher = Hashing.sha256().newHasher();
  private long read;

  RowCounter(String name) {
    this.name = name;
  }

  void remark(String remark) {
    remarks.add(remark);
  }

  /** Takes a row that can be used, unless one of its texts is blank. */
  void use(long line, String source, String target) {
    if (source.isBlank()) {
      skip(line, "the source" + DataReport.EMPTY);
    } else if (target.isBlank()) {
      skip(line, "the target" + DataReport.EMPTY);
    } else {
      read++;
      spool(new Example(source, target));
    }
  }

  /** Takes a row of a source that has no bytes of its own: its texts make the digest. */
  void useAndDigest(long line, @Nullable String source, @Nullable String target) {
    digest(source);
    digest(target);
    if (source == null) {
      skip(line, "the source" + DataReport.NULL);
    } else if (target == null) {
      skip(line, "the target" + DataReport.NULL);
    } else {
      use(line, source, target);
    }
  }

  private void digest(@Nullable String text) {
    if (text == null) {
      hasher.putInt(-1);
    } else {
      byte[] bytes = text.getBytes(UTF_8);
      hasher.putInt(bytes.length).putBytes(bytes);
    }
  }

  private void spool(Example example) {
    try {
      examples.add(example);
    } catch (IOException | ArithmeticException e) {
      throw unspooled(e);
    }
  }

  void skip(long line, String reason) {
    read++;
    Reason entry = reasons.computeIfAbsent(reason, key -> new Reason());
    entry.rows++;
    if (entry.lines.size() < DataReport.KEPT_LINES) {
      entry.lines.add(line);
    }
  }

  boolean isEmpty() {
    return examples.size() == 0;
  }

  /** Returns the data set, whose digest is that of the texts it was given. */
  Dataset dataset() {
    return dataset(hasher.hash().toString());
  }

  /**
   * Returns the data set.
   *
   * @param sha256 the digest of its source
   * @throws DataException when no row can be used
   */
  Dataset dataset(String sha256) {
    SpooledExamples spooled;
    try {
      spooled = examples.finish();
    } catch (IOException e) {
      throw unspooled(e);
    }
    DataReport report = report(spooled);
    if (spooled.isEmpty()) {
      throw new DataException(
          "Cannot use the data: not one of its rows can be used.\n%s".formatted(report));
    }
    return new Dataset(
        spooled,
        report,
        DatasetProvenance.of(name, sha256, report.rowsUsed())
            .withSkippedRows(report.rowsSkipped()));
  }

  private DataReport report(SpooledExamples spooled) {
    Map<String, DataReport.Skipped> skipped = new LinkedHashMap<>();
    reasons.forEach(
        (reason, entry) -> skipped.put(reason, new DataReport.Skipped(entry.rows, entry.lines)));
    Repetitions repeated = Repetitions.of(spooled);
    return new DataReport(
        name, read, spooled.size(), skipped, repeated.duplicates(), repeated.conflicts(), remarks);
  }

  private DataException unspooled(Exception e) {
    return new DataException(
        "Cannot keep the texts of %s after %d rows in a temporary file in %s: %s. Free space there, or name another directory with -Djava.io.tmpdir=..."
            .formatted(name, read, System.getProperty("java.io.tmpdir"), e),
        e);
  }

  /** Gives up what was spooled, unless a data set was made of it. */
  @Override
  public void close() {
    try {
      examples.close();
    } catch (IOException e) {
      throw unspooled(e);
    }
  }
}
