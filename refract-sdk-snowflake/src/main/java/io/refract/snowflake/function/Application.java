package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import java.util.List;

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
        !maySame(target.parts(), table.parts()),
        "%s may be %s itself, which would be replaced by its own results; name another table, or"
            + " both with database and schema",
        target,
        table);
    return """
        CREATE OR REPLACE TABLE %s COPY GRANTS AS
        SELECT T.*, %s(T.%s) AS %s
        FROM %s AS T"""
        .formatted(target.sql(), function.sql(), column.sql(), result.sql(), table.sql());
  }

  /** Returns whether two names can mean the same, when what one lacks is the session's own. */
  private static boolean maySame(List<Identifier> a, List<Identifier> b) {
    int shared = Math.min(a.size(), b.size());
    return a.subList(a.size() - shared, a.size()).equals(b.subList(b.size() - shared, b.size()));
  }

  /**
   * Creates a table with all columns and rows of the source and the results as last column. A table
   * of that name is <em>replaced</em>, atomically and only when the query succeeded, so that a
   * second run gives the same; grants on it stay.
   *
   * @param newTable the table to create, another one than the source
   * @throws IllegalArgumentException when it may be the source, as far as the names tell
   */
  public void into(String newTable) {
    session.execute(sql(newTable));
  }
}
