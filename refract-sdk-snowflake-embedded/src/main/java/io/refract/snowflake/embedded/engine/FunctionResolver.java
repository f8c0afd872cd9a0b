package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Finds what DuckDB runs for a user-defined function that a query calls. */
public interface FunctionResolver {

  /**
   * Finds a scalar or aggregate function.
   *
   * @return what stands before the parenthesis in DuckDB, or nothing when there is no such function
   */
  Optional<String> scalar(Session session, QualifiedName name, int arguments) throws SQLException;

  /**
   * Finds a table function.
   *
   * @param arguments the translated arguments
   * @return a DuckDB table expression, or nothing when there is no such function
   */
  Optional<String> table(Session session, QualifiedName name, List<String> arguments)
      throws SQLException;
}
