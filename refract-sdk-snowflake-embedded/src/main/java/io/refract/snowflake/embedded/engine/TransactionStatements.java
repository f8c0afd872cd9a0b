package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;

/** BEGIN, COMMIT and ROLLBACK. */
final class TransactionStatements implements StatementHandler {

  private static final String DONE = "Statement executed successfully.";

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.TRANSACTION;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    Transactions transactions = session.transactions();
    if (in.accept("BEGIN") || in.accept("START", "TRANSACTION")) {
      if (!in.accept("TRANSACTION")) {
        in.accept("WORK");
      }
      if (in.accept("NAME")) {
        in.identifier();
      }
      in.expectEnd();
      transactions.begin();
    } else if (in.accept("COMMIT")) {
      in.accept("WORK");
      in.expectEnd();
      transactions.commit();
    } else {
      in.expect("ROLLBACK");
      in.accept("WORK");
      in.expectEnd();
      transactions.rollback();
    }
    return Result.status(StatementType.TRANSACTION, DONE);
  }
}
