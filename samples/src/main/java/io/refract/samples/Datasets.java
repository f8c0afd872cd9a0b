package io.refract.samples;

import io.refract.train.data.Dataset;
import java.nio.file.Path;
import java.util.Locale;

/** Reads what {@code --data} names. */
final class Datasets {

  private Datasets() {}

  /**
   * Reads a data set.
   *
   * @param file a JSONL file when its name ends in .jsonl or .ndjson, else a CSV file
   * @param source the column or key of the input texts
   * @param target the column or key of the target texts
   */
  static Dataset read(Path file, String source, String target) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jsonl") || name.endsWith(".ndjson")
        ? Dataset.jsonl(file).source(source).target(target).read()
        : Dataset.csv(file).source(source).target(target).read();
  }
}
