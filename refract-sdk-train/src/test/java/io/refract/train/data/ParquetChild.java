package io.refract.train.data;

import java.nio.file.Path;

/** What {@link DatabaseTest} runs without DuckDB on the class path. */
final class ParquetChild {

  private ParquetChild() {}

  /**
   * Reads a Parquet file and prints why it could not.
   *
   * @param arguments the file
   */
  public static void main(String[] arguments) {
    try {
      Dataset.parquet(Path.of(arguments[0])).source("a").target("b").read();
    } catch (DataException e) {
      System.out.println(e.getMessage());
    }
  }
}
