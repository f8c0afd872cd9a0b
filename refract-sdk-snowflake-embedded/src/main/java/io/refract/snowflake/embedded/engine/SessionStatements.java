package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;

/** ALTER SESSION SET and UNSET. */
final class SessionStatements implements StatementHandler {

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.ALTER_SESSION;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    in.expect("ALTER", "SESSION");
    if (in.accept("UNSET")) {
      do {
        session.unsetParameter(known(in.identifier()));
      } while (in.acceptOperator(","));
    } else {
      in.expect("SET");
      do {
        String name = in.identifier().name();
        in.expectOperator("=");
        session.setParameter(name, value(in));
        in.acceptOperator(",");
      } while (!in.atEnd());
    }
    in.expectEnd();
    return Result.status(StatementType.ALTER_SESSION, "Statement executed successfully.");
  }

  private static String known(Identifier name) {
    Object initial = SessionParameters.defaultOf(name.name());
    ParameterRules.check(name.name(), String.valueOf(initial));
    return name.name();
  }

  private static String value(TokenStream in) {
    Token token = in.peek();
    if (token.kind() != Token.Kind.STRING
        && token.kind() != Token.Kind.NUMBER
        && token.kind() != Token.Kind.WORD) {
      throw in.unexpected();
    }
    in.next();
    return token.kind() == Token.Kind.STRING ? token.value() : token.text();
  }
}
