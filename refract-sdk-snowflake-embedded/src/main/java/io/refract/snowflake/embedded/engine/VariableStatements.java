package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SET and UNSET of session variables. */
final class VariableStatements implements StatementHandler {

  private static final String DONE = "Statement executed successfully.";

  private final QueryRunner queries;

  VariableStatements(QueryRunner queries) {
    this.queries = queries;
  }

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.SET;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    if (in.accept("UNSET")) {
      for (String name : names(in)) {
        session.variables().remove(name);
      }
      in.expectEnd();
      return Result.status(StatementType.SESSION, DONE);
    }
    in.expect("SET");
    List<String> names = names(in);
    in.expectOperator("=");
    String expressions = in.rest();
    String query =
        "SELECT "
            + (names.size() == 1
                ? expressions
                : expressions.substring(1, expressions.lastIndexOf(')')));
    try (Result values = queries.execute(request.withText(query), session)) {
      if (values.columns().size() != names.size()) {
        throw SqlError.syntax("SET needs one value for each variable.");
      }
      @Nullable Object[] row = values.rows().next();
      for (int i = 0; i < names.size(); i++) {
        Column column = values.columns().get(i);
        Object value = row == null ? null : row[i];
        if (value == null || value instanceof byte[] || column.type().isSemiStructured()) {
          throw SqlError.unsupported(
              "SET " + names.get(i) + " to a value of type " + column.type());
        }
        session.variables().put(names.get(i), new SessionVariable(column.type(), value.toString()));
      }
    }
    return Result.status(StatementType.SESSION, DONE);
  }

  private static List<String> names(TokenStream in) {
    List<String> names = new ArrayList<>();
    if (in.acceptOperator("(")) {
      do {
        names.add(in.identifier().name());
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    } else {
      names.add(in.identifier().name());
    }
    return names;
  }
}
