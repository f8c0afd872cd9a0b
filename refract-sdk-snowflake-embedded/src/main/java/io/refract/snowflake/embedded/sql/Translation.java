package io.refract.snowflake.embedded.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What DuckDB has to run for one Snowflake statement.
 *
 * @param kind what the statement is
 * @param statements the DuckDB statements, in order; to be run in one transaction when there are
 *     several; {@link #main} gives the result or the row count. The n-th {@code ?} of the source is
 *     {@code $n} in them. MERGE gives one row per written row, with the column {@code merge_action}
 * @param binds the number of {@code ?} in the source
 * @param status Snowflake's answer in words to a DDL statement, for example {@code Table T
 *     successfully created.}; null for queries and DML
 * @param target the table, view or sequence that is written or changed; null for queries
 * @param columns the columns that a CREATE TABLE or ADD COLUMN declares, with the Snowflake types
 *     that DuckDB does not keep
 */
public record Translation(
    StatementKind kind,
    List<String> statements,
    int binds,
    @Nullable String status,
    @Nullable QualifiedName target,
    List<ColumnDefinition> columns) {

  /** Copies the lists. */
  public Translation {
    statements = List.copyOf(statements);
    columns = List.copyOf(columns);
  }

  /** Returns the statement that gives the result or the row count. */
  public String main() {
    int last = statements.size() - 1;
    return statements.get(tidiesUp() ? last - 1 : last);
  }

  /** Tells whether the last statement only drops what the others kept for a while. */
  private boolean tidiesUp() {
    return kind == StatementKind.INSERT && statements.get(statements.size() - 1).startsWith("DROP");
  }
}
