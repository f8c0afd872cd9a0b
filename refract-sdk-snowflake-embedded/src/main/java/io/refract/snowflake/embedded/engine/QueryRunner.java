package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Runs what no handler accepted: queries and DML, translated to DuckDB's SQL. */
final class QueryRunner {

  /** Describes the columns of a statement. */
  Result describe(Request request, Session session) throws SQLException {
    try (PreparedStatement statement = session.connection().prepareStatement(translate(request))) {
      return Result.of(
          StatementType.SELECT, columns(statement.getMetaData()), RowCursor.of(List.of()));
    }
  }

  /** Runs a statement. */
  Result execute(Request request, Session session) throws SQLException {
    PreparedStatement statement = session.connection().prepareStatement(translate(request));
    boolean done = false;
    try {
      for (int i = 0; i < request.binds().size(); i++) {
        BindValues.set(statement, i + 1, request.binds().get(i), 0);
      }
      ResultSet rows = session.tracked(statement, statement::executeQuery);
      Result result =
          Result.of(StatementType.SELECT, columns(rows.getMetaData()), new DuckDbCursor(rows));
      done = true;
      return result;
    } finally {
      if (!done) {
        statement.close();
      }
    }
  }

  private static String translate(Request request) {
    TokenStream in = request.tokens();
    in.accept("SELECT");
    while (in.peek().kind() == Token.Kind.NUMBER
        || in.peek().kind() == Token.Kind.STRING
        || in.atOperator(",")
        || in.atOperator("?")) {
      in.next();
    }
    if (request.kind() != StatementKind.QUERY || !in.atEnd()) {
      throw SqlError.unsupported(request.text());
    }
    return request.text();
  }

  private static List<Column> columns(ResultSetMetaData meta) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      columns.add(
          Column.of(meta.getColumnLabel(i), SnowflakeType.fromDuckDb(meta.getColumnTypeName(i))));
    }
    return columns;
  }
}
