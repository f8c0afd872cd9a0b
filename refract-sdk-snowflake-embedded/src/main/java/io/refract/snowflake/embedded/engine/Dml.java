package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.StatementKind;
import java.util.List;
import java.util.Locale;

/** The counts that INSERT, UPDATE, DELETE and MERGE answer. */
final class Dml {

  private static final String INSERTED = "number of rows inserted";
  private static final String UPDATED = "number of rows updated";
  private static final String DELETED = "number of rows deleted";

  private Dml() {}

  /**
   * Returns the answer.
   *
   * @param kind which DML
   * @param rows the number of written rows
   * @param actions of MERGE, what happened to each of them
   */
  static Result counts(StatementKind kind, long rows, List<String> actions) {
    return switch (kind) {
      case INSERT -> Result.counts(StatementType.INSERT, List.of(INSERTED), List.of(rows));
      case UPDATE ->
          Result.counts(
              StatementType.UPDATE,
              List.of(UPDATED, "number of multi-joined rows updated"),
              List.of(rows, 0L));
      case DELETE -> Result.counts(StatementType.DELETE, List.of(DELETED), List.of(rows));
      default ->
          Result.counts(
              StatementType.MERGE,
              List.of(INSERTED, UPDATED, DELETED),
              List.of(
                  count(actions, "INSERT"), count(actions, "UPDATE"), count(actions, "DELETE")));
    };
  }

  private static long count(List<String> actions, String action) {
    return actions.stream()
        .filter(taken -> taken.toUpperCase(Locale.ROOT).startsWith(action))
        .count();
  }
}
