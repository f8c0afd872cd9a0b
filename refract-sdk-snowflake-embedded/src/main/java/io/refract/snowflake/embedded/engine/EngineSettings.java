package io.refract.snowflake.embedded.engine;

import java.nio.file.Path;

/**
 * Where an engine keeps its data, and what a new one contains.
 *
 * @param directory holds stages and temporary files, and the database file of a persistent engine
 * @param persistent whether tables outlive the engine
 * @param database the database that exists from the start
 * @param schema the schema that exists in it from the start
 */
public record EngineSettings(Path directory, boolean persistent, String database, String schema) {

  /** Returns where staged files lie. */
  public Path stageDirectory() {
    return directory.resolve("stages");
  }

  /** Returns the file of a persistent engine's tables. */
  public Path databaseFile() {
    return directory.resolve("snowflake.duckdb");
  }

  /** Returns where DuckDB puts what does not fit into memory. */
  public Path temporaryDirectory() {
    return directory.resolve("tmp");
  }
}
