package io.refract.snowflake.embedded.engine;

import java.sql.SQLException;

/**
 * Replaces parts of a statement before the translator sees it, for example a staged file in FROM by
 * the table that holds its rows.
 */
@FunctionalInterface
public interface StatementRewriter {

  /**
   * Rewrites a statement that no handler accepted.
   *
   * @param request Snowflake SQL
   * @param session the session that runs it
   * @return the request itself when there is nothing to replace
   */
  Request rewrite(Request request, Session session) throws SQLException;
}
