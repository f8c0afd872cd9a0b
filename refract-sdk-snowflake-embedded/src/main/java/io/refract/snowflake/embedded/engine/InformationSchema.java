package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import java.util.List;

/** The views of a database's INFORMATION_SCHEMA. */
final class InformationSchema {

  private InformationSchema() {}

  /** Returns the DuckDB statements that create the views of a new database. */
  static List<String> commands(Identifier database) {
    return List.of();
  }
}
