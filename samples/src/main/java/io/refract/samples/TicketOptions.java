package io.refract.samples;

import io.refract.train.data.Dataset;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of samples that take the project's support tickets unless told otherwise. */
final class TicketOptions {

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "CSV, JSONL or Parquet file (default: samples/data/support_tickets.csv).")
  @Nullable Path data;

  @Option(
      names = "--source",
      paramLabel = "COLUMN",
      description = "Column of the input texts (default: ${DEFAULT-VALUE}).")
  String source = "request";

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description = "Column of the labels (default: ${DEFAULT-VALUE}).")
  String target = "category";

  /** Reads the file. */
  Dataset read() {
    return DataOptions.read(data == null ? SampleFiles.tickets() : data, source, target);
  }
}
