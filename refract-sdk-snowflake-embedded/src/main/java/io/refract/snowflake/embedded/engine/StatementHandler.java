package io.refract.snowflake.embedded.engine;

import java.sql.SQLException;
import java.util.List;

/**
 * Answers one family of statements, for example everything about stages.
 *
 * <p>The engine asks its handlers in order; the first one that accepts a statement answers it. What
 * no handler accepts goes through the translator to DuckDB. Handlers are called by several sessions
 * at once, but never twice at a time for one session.
 */
public interface StatementHandler {

  /** Tells, from its first tokens, whether a statement is this handler's; must not run anything. */
  boolean accepts(Request request);

  /**
   * Runs a statement.
   *
   * @throws io.refract.snowflake.embedded.sql.SqlError with Snowflake's code when the statement is
   *     wrong or not covered
   * @throws SQLException from DuckDB; the engine turns it into Snowflake's error
   */
  Result execute(Request request, Session session) throws SQLException;

  /**
   * Describes the columns of a statement's result; must not run anything.
   *
   * <p>By default the one column {@code status} of DDL.
   */
  default Result describe(Request request, Session session) throws SQLException {
    return Result.of(StatementType.DDL, Result.status("").columns(), RowCursor.of(List.of()));
  }
}
