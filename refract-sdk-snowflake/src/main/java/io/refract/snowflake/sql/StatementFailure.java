package io.refract.snowflake.sql;

import java.util.Optional;

/** What is known of a statement that failed. */
public interface StatementFailure {

  /** Returns the SQLState, or an empty text. */
  String sqlState();

  /** Returns Snowflake's error number, for example 2003 for a missing object; 0 when unknown. */
  int vendorCode();

  /** Returns the id under which the query history shows the statement. */
  Optional<String> queryId();

  /** Returns the statement, with the values of passwords and other secrets masked. */
  Optional<String> statement();
}
