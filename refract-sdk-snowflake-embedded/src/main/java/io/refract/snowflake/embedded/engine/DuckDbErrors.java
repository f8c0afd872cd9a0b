package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.ErrorMapper;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.SQLException;

/** Finds Snowflake's error in what DuckDB threw. */
final class DuckDbErrors {

  private DuckDbErrors() {}

  /** Returns the error as Snowflake would report it. */
  static SqlError toSnowflake(SQLException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SqlError known) {
        return known;
      }
    }
    SqlError carried = CarriedError.find(String.valueOf(error.getMessage()));
    return carried != null ? carried : ErrorMapper.map(error);
  }

  /** Tells whether repeating the statement may succeed, because another session got in between. */
  static boolean isConflict(SQLException error) {
    String text = String.valueOf(error.getMessage());
    return text.contains("write-write conflict") || text.contains("Conflict on ");
  }
}
