package io.refract.snowflake.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements in one Snowflake session. Implementations are thread-safe.
 *
 * <p>A failed statement is an unchecked exception that also implements {@link StatementFailure}.
 */
public interface SqlSession {

  /**
   * Runs a statement and returns all rows of its result, which is held in memory.
   *
   * @param sql one statement
   * @param binds the values of its question marks, in their order
   * @return the rows; empty when the statement has no result
   */
  List<Row> query(String sql, @Nullable Object... binds);

  /**
   * Runs a statement whose rows are of no interest.
   *
   * @param sql one statement
   * @param binds the values of its question marks, in their order
   * @return the number of rows that it changed; 0 for a statement that changes none
   */
  long execute(String sql, @Nullable Object... binds);
}
