package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.sql.Translation;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that comes with the values of many rows at once.
 *
 * <p>{@code INSERT INTO T VALUES (?, UPPER(?))} is run as {@code INSERT INTO T SELECT C1, UPPER(C2)
 * FROM} a temporary table of the values: DuckDB needs about as long for one row as for a thousand.
 * Anything else is run once per row.
 */
final class Batch {

  private static final int FEW_ROWS = 8;

  private Batch() {}

  static boolean isBatch(Request request) {
    return request.binds().stream().anyMatch(Bind::batch);
  }

  /** Runs a statement for all rows, or for none of them. */
  static Result execute(QueryRunner queries, Request request, Session session) throws SQLException {
    if (request.kind() != StatementKind.INSERT
        && request.kind() != StatementKind.UPDATE
        && request.kind() != StatementKind.DELETE) {
      throw SqlError.unsupported("a batch of " + request.kind());
    }
    int rows = request.binds().stream().mapToInt(bind -> bind.values().size()).max().orElse(0);
    session.transactions().beforeDml();
    long count =
        session
            .transactions()
            .atomically(
                () -> {
                  String select = rows > FEW_ROWS ? select(request) : null;
                  return select == null
                      ? rowByRow(queries, request, session, rows)
                      : together(queries, request, session, rows, select);
                });
    return Dml.counts(request.kind(), count, List.of());
  }

  private static long together(
      QueryRunner queries, Request request, Session session, int rows, String select)
      throws SQLException {
    try (BatchTable values = BatchTable.create(session, request.binds(), rows)) {
      Translation translation =
          queries.translate(request.withText(select + " FROM " + values.name().sql()), session);
      return queries.dmlCount(translation, List.of(), session);
    }
  }

  private static long rowByRow(QueryRunner queries, Request request, Session session, int rows)
      throws SQLException {
    Translation translation = queries.translate(request, session);
    if (translation.statements().size() != 1) {
      throw SqlError.unsupported("a batch of a statement that is several in DuckDB");
    }
    BindNumbers numbered = BindNumbers.of(translation.main());
    long count = 0;
    try (PreparedStatement statement = session.connection().prepareStatement(numbered.sql())) {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < numbered.sources().size(); i++) {
          BindValues.set(statement, i + 1, request.binds().get(numbered.sources().get(i) - 1), row);
        }
        count +=
            session.tracked(
                statement,
                () -> statement.execute() ? 0L : Math.max(0L, statement.getLargeUpdateCount()));
      }
    }
    return count;
  }

  /**
   * Returns {@code INSERT INTO T SELECT ...} with a column for each {@code ?}, or null when the
   * statement does not end in one row of VALUES.
   */
  private static @Nullable String select(Request request) {
    if (request.kind() != StatementKind.INSERT) {
      return null;
    }
    TokenStream in = request.tokens();
    List<Token> tokens = new ArrayList<>();
    while (in.peek().kind() != Token.Kind.END) {
      tokens.add(in.next());
    }
    int open = openOfLastRow(tokens);
    if (open < 1 || !tokens.get(open - 1).isWord("VALUES")) {
      return null;
    }
    StringBuilder text = new StringBuilder(in.slice(0, tokens.get(open - 1).start()));
    text.append("SELECT ");
    int copied = tokens.get(open).end();
    int column = 0;
    for (Token token : tokens.subList(open + 1, tokens.size() - 1)) {
      if (token.isWord("DEFAULT")) {
        return null;
      }
      if (token.isOperator("?")) {
        text.append(in.slice(copied, token.start())).append(BatchTable.column(column));
        copied = token.end();
        column++;
      }
    }
    boolean allBindsInRow = column == request.binds().size();
    return allBindsInRow
        ? text.append(in.slice(copied, tokens.get(tokens.size() - 1).start())).toString()
        : null;
  }

  /** Returns the index of the parenthesis that the last token closes, or -1. */
  private static int openOfLastRow(List<Token> tokens) {
    int depth = 0;
    for (int i = tokens.size() - 1; i >= 0; i--) {
      if (tokens.get(i).isOperator(")")) {
        depth++;
      } else if (tokens.get(i).isOperator("(")) {
        depth--;
      }
      if (depth == 0) {
        return tokens.get(i).isOperator("(") ? i : -1;
      }
    }
    return -1;
  }
}
