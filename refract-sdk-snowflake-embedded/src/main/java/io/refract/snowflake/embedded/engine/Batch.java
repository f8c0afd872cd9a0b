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
 * <p>{@code INSERT ... VALUES (?, ?)} is run with many rows at a time: DuckDB needs as long for one
 * row as for some hundred.
 */
final class Batch {

  private static final int ROWS_AT_A_TIME = 200;

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
    long count = session.transactions().atomically(() -> run(queries, request, session, rows));
    return Dml.counts(request.kind(), count, List.of());
  }

  private static long run(QueryRunner queries, Request request, Session session, int rows)
      throws SQLException {
    String tuple = tuple(request);
    long count = 0;
    int done = 0;
    if (tuple != null && rows >= ROWS_AT_A_TIME) {
      String many = request.text() + (", " + tuple).repeat(ROWS_AT_A_TIME - 1);
      Translation translation = queries.translate(request.withText(many), session);
      try (PreparedStatement statement = prepare(translation, session)) {
        for (; done + ROWS_AT_A_TIME <= rows; done += ROWS_AT_A_TIME) {
          count += run(statement, translation, request, session, done);
        }
      }
    }
    if (done < rows) {
      Translation translation = queries.translate(request, session);
      try (PreparedStatement statement = prepare(translation, session)) {
        for (; done < rows; done++) {
          count += run(statement, translation, request, session, done);
        }
      }
    }
    return count;
  }

  private static PreparedStatement prepare(Translation translation, Session session)
      throws SQLException {
    if (translation.statements().size() != 1) {
      throw SqlError.unsupported("a batch of a statement that is several in DuckDB");
    }
    return session.connection().prepareStatement(BindNumbers.of(translation.main()).sql());
  }

  private static long run(
      PreparedStatement statement,
      Translation translation,
      Request request,
      Session session,
      int from)
      throws SQLException {
    List<Integer> sources = BindNumbers.of(translation.main()).sources();
    int perRow = request.binds().size();
    for (int i = 0; i < sources.size(); i++) {
      int source = sources.get(i) - 1;
      BindValues.set(
          statement, i + 1, request.binds().get(source % perRow), from + source / perRow);
    }
    return session.tracked(
        statement, () -> statement.execute() ? 0L : Math.max(0L, statement.getLargeUpdateCount()));
  }

  /** Returns the text of the one row of VALUES that ends an INSERT, or null when there is none. */
  private static @Nullable String tuple(Request request) {
    TokenStream in = request.tokens();
    List<Token> tokens = new ArrayList<>();
    while (in.peek().kind() != Token.Kind.END) {
      tokens.add(in.next());
    }
    int depth = 0;
    for (int i = tokens.size() - 1; i > 0; i--) {
      Token token = tokens.get(i);
      if (token.isOperator(")")) {
        depth++;
      } else if (token.isOperator("(")) {
        depth--;
      }
      if (depth == 0) {
        return token.isOperator("(") && tokens.get(i - 1).isWord("VALUES")
            ? in.slice(token.start(), tokens.get(tokens.size() - 1).end())
            : null;
      }
    }
    return null;
  }
}
