package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;

/** A function about to be called for each row of a table. Immutable and thread-safe. */
public final class Application {

  private final SqlSession session;
  private final ObjectName function;
  private final ObjectName table;
  private final Identifier column;
  private final Identifier result;

  Application(
      SqlSession session,
      ObjectName function,
      ObjectName table,
      Identifier column,
      Identifier result) {
    this.session = session;
    this.function = function;
    this.table = table;
    this.column = column;
    this.result = result;
  }

  /** Returns the same with another name of the result column; default: the function's name. */
  public Application resultColumn(String name) {
    return new Application(session, function, table, column, Identifier.parse(name));
  }

  /** Returns the statement that {@link #into} runs. */
  public String sql(String newTable) {
    ObjectName target = ObjectName.parse(newTable);
    checkArgument(
        !target.equals(table), "%s would be replaced by its own results; name another", table);
    return """
        CREATE OR REPLACE TABLE %s AS
        SELECT T.*, %s(T.%s) AS %s
        FROM %s AS T"""
        .formatted(target.sql(), function.sql(), column.sql(), result.sql(), table.sql());
  }

  /**
   * Creates a table with all columns and rows of the source and the results as last column. A table
   * of that name is <em>replaced</em>, atomically and only when the query succeeded, so that a
   * second run gives the same.
   *
   * @param newTable the table to create, another one than the source
   */
  public void into(String newTable) {
    session.execute(sql(newTable));
  }
}
