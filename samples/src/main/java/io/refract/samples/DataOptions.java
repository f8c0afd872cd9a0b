package io.refract.samples;

import io.refract.train.data.Dataset;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a file of examples and its two columns. */
final class DataOptions {

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "CSV, JSONL or Parquet file.")
  @Nullable Path data;

  @Option(
      names = "--source",
      paramLabel = "COLUMN",
      required = true,
      description = "Column of the input texts.")
  String source = "";

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      required = true,
      description = "Column of the target texts.")
  String target = "";

  /** Reads the file. */
  Dataset read() {
    return read(Objects.requireNonNull(data));
  }

  /** Reads another file with the same columns. */
  Dataset read(Path file) {
    return read(file, source, target);
  }

  /**
   * Reads a data set.
   *
   * @param file a JSONL file when its name ends in .jsonl or .ndjson, a Parquet file when it ends
   *     in .parquet, else a CSV file
   * @param source the column or key of the input texts
   * @param target the column or key of the target texts
   */
  static Dataset read(Path file, String source, String target) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Dataset.jsonl(file).source(source).target(target).read();
    }
    return name.endsWith(".parquet")
        ? Dataset.parquet(file).source(source).target(target).read()
        : Dataset.csv(file).source(source).target(target).read();
  }
}
