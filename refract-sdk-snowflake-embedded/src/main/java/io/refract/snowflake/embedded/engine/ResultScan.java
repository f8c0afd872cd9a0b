package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT ... FROM TABLE(RESULT_SCAN('id'))}.
 *
 * <p>A plain {@code SELECT *}, by which the driver reads asynchronous results, comes straight from
 * the store; anything else reads a temporary DuckDB table that is made on demand.
 */
final class ResultScan implements StatementHandler {

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.QUERY && plainScan(request.tokens()) != null;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    ResultStore.Kept kept = kept(session, request);
    return Result.of(StatementType.SELECT, kept.columns(), rows(kept));
  }

  @Override
  public Result describe(Request request, Session session) {
    ResultStore.Kept kept = kept(session, request);
    return Result.of(StatementType.SELECT, kept.columns(), RowCursor.of(List.of()));
  }

  /**
   * Returns the DuckDB table that holds a kept result.
   *
   * @param arguments of RESULT_SCAN, as DuckDB literals
   */
  static String table(Session session, List<String> arguments) throws SQLException {
    String id = arguments.size() == 1 ? literal(arguments.get(0)) : null;
    if (id == null) {
      throw SqlError.unsupported("RESULT_SCAN with anything but one query id");
    }
    ResultStore.Kept kept = kept(session, id);
    String name = "RESULT$" + id.replaceAll("[^0-9A-Za-z]", "_").toUpperCase(Locale.ROOT);
    String table = "temp.main." + Identifier.quote(name);
    List<String> columns = new ArrayList<>();
    for (Column column : kept.columns()) {
      columns.add(Identifier.quote(column.name()) + " " + column.type().duckDb());
    }
    session.update(
        "CREATE OR REPLACE TEMP TABLE " + table + " (" + String.join(", ", columns) + ")");
    try (DuckDBAppender appender = session.connection().createAppender("temp", "main", name)) {
      for (@Nullable Object[] row : rows(kept)) {
        appender.beginRow();
        for (int i = 0; i < row.length; i++) {
          Appending.append(appender, row[i], kept.columns().get(i).type());
        }
        appender.endRow();
      }
    }
    return table;
  }

  private static ResultStore.Kept kept(Session session, Request request) {
    String id = plainScan(request.tokens());
    if (id == null) {
      throw new IllegalStateException("Not a RESULT_SCAN: " + request.text());
    }
    if (id.isEmpty()) {
      String last = session.queryId(-1);
      id = last == null ? "" : last;
    }
    return kept(session, id);
  }

  private static ResultStore.Kept kept(Session session, String id) {
    ResultStore.Kept kept = session.engine().results().get(id);
    if (kept == null) {
      throw SqlError.of("000709", "02000", "Statement " + id + " not found");
    }
    return kept;
  }

  private static List<@Nullable Object[]> rows(ResultStore.Kept kept) {
    List<@Nullable Object[]> rows = kept.rows();
    if (rows == null) {
      throw SqlError.unsupported(
          "RESULT_SCAN of a result with more than "
              + ResultStore.KEPT_ROWS_PER_RESULT
              + " rows; run it asynchronously, or write it to a table");
    }
    return rows;
  }

  private static @Nullable String literal(String sql) {
    return sql.length() >= 2 && sql.startsWith("'") && sql.endsWith("'")
        ? sql.substring(1, sql.length() - 1)
        : null;
  }

  /** Returns the id in {@code SELECT * FROM TABLE(RESULT_SCAN(...))}; empty for the last query. */
  private static @Nullable String plainScan(TokenStream in) {
    if (!in.accept("SELECT")
        || !in.acceptOperator("*")
        || !in.accept("FROM", "TABLE")
        || !in.acceptOperator("(")
        || !in.accept("RESULT_SCAN")
        || !in.acceptOperator("(")) {
      return null;
    }
    String id = "";
    if (in.accept("LAST_QUERY_ID")) {
      if (!in.acceptOperator("(") || !in.acceptOperator(")")) {
        return null;
      }
    } else if (in.peek().kind() == Token.Kind.STRING) {
      id = in.next().value();
    } else {
      return null;
    }
    if (!in.acceptOperator(")")) {
      return null;
    }
    return in.acceptOperator(")") && in.atEnd() ? id : null;
  }
}
