package io.refract.snowflake.embedded.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What DuckDB has to run for one Snowflake statement.
 *
 * @param kind what the statement is
 * @param statements the DuckDB statements, in order; to be run in one transaction when there are
 *     several; the last one gives the result or the row count. The n-th {@code ?} of the source is
 *     {@code $n} in them
 * @param binds the number of {@code ?} in the source
 * @param status Snowflake's answer in words to a DDL statement, for example {@code Table T
 *     successfully created.}; null for queries and DML
 */
public record Translation(
    StatementKind kind, List<String> statements, int binds, @Nullable String status) {

  /** Copies the list. */
  public Translation {
    statements = List.copyOf(statements);
  }

  /** Returns the statement that gives the result or the row count. */
  public String main() {
    return statements.get(statements.size() - 1);
  }
}
