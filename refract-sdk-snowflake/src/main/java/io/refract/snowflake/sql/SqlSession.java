package io.refract.snowflake.sql;

import java.util.List;
import java.util.stream.Stream;
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
   * Runs a statement and returns the rows of its result while they are consumed, so that a result
   * of any size needs little memory. Other statements can be run meanwhile.
   *
   * <p>Unless a session can do better, all rows are held in memory.
   *
   * @param sql one statement
   * @param binds the values of its question marks, in their order
   * @return the rows, in their order; the caller closes the stream, within the life of the session
   */
  default Stream<Row> stream(String sql, @Nullable Object... binds) {
    return query(sql, binds).stream();
  }

  /**
   * Runs a statement whose rows are of no interest.
   *
   * @param sql one statement
   * @param binds the values of its question marks, in their order
   * @return the number of rows that it changed; 0 for a statement that changes none
   */
  long execute(String sql, @Nullable Object... binds);
}
