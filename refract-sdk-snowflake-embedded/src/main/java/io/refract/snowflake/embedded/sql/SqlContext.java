package io.refract.snowflake.embedded.sql;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the translation of a statement needs to know about the session that runs it. */
public interface SqlContext {

  /** Returns the session's database, or null. */
  @Nullable Identifier currentDatabase();

  /** Returns the session's schema, or null. */
  @Nullable Identifier currentSchema();

  /**
   * Returns the value of a context function.
   *
   * @param function the upper-case name: CURRENT_USER, CURRENT_ROLE, CURRENT_WAREHOUSE,
   *     CURRENT_ACCOUNT, CURRENT_ACCOUNT_NAME, CURRENT_ORGANIZATION_NAME, CURRENT_REGION,
   *     CURRENT_VERSION, CURRENT_SESSION, CURRENT_CLIENT, CURRENT_IP_ADDRESS, CURRENT_STATEMENT,
   *     CURRENT_TRANSACTION, CURRENT_AVAILABLE_ROLES, CURRENT_SECONDARY_ROLES, LAST_QUERY_ID.
   *     CURRENT_DATABASE, CURRENT_SCHEMA and CURRENT_SCHEMAS come from the methods above
   * @return the text, or null for SQL NULL
   */
  @Nullable String contextValue(String function);

  /**
   * Returns the id of an earlier statement of the session.
   *
   * @param index 1 is the first statement, -1 the latest
   * @return null when there is no such statement
   */
  @Nullable String queryId(int index);

  /** Returns a session variable's value as a DuckDB expression, or nothing when it is not set. */
  Optional<String> variable(String name);

  /**
   * Finds a user-defined scalar or aggregate function.
   *
   * @return what stands before the parenthesis in DuckDB, for example {@code "DB.SCH"."F"}, or
   *     nothing when there is no such function
   */
  Optional<String> userFunction(QualifiedName name, int arguments);

  /**
   * Finds a user-defined table function, a RESULT_SCAN or another table that only the engine knows.
   *
   * @param name the function in {@code TABLE(name(...))}
   * @param arguments the translated arguments
   * @return a DuckDB table expression, or nothing
   */
  Optional<String> tableFunction(QualifiedName name, List<String> arguments);

  /**
   * Returns the columns of a table or view, in their order, or an empty list when there is no such
   * table. Temporary tables included.
   */
  List<Column> columns(QualifiedName table);

  /**
   * Returns the names of the tables, views and sequences that DuckDB takes for this one, as it
   * ignores the case of letters: those of the name's schema and, for an unqualified name, the
   * session's temporary ones.
   */
  Set<String> namesakes(QualifiedName name);

  /**
   * Returns DuckDB's own text of a table, the column {@code sql} of {@code duckdb_tables()}, or
   * nothing when there is no such table. CREATE TABLE ... LIKE and CLONE need it.
   */
  Optional<String> tableDefinition(QualifiedName table);

  /**
   * A column of a table or view.
   *
   * @param name its name
   * @param type its type
   */
  record Column(String name, SnowflakeType type) {}
}
