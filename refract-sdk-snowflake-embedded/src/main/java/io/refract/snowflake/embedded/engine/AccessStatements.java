package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;

/**
 * GRANT, REVOKE and what makes warehouses and roles.
 *
 * <p>The embedded Snowflake checks no privileges and has no warehouses: their statements are
 * answered as Snowflake answers them, and change nothing. What would be seen later, such as a
 * masking policy, is refused.
 */
final class AccessStatements implements StatementHandler {

  @Override
  public boolean accepts(Request request) {
    TokenStream in = request.tokens();
    switch (request.kind()) {
      case GRANT -> {
        return true;
      }
      case CREATE -> {
        in.next();
        CreateMode.orReplace(in);
        return in.at("WAREHOUSE") || in.at("ROLE");
      }
      case DROP -> {
        in.next();
        return in.at("WAREHOUSE") || in.at("ROLE");
      }
      case ALTER -> {
        in.next();
        return in.at("WAREHOUSE");
      }
      default -> {
        return false;
      }
    }
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    if (request.kind() == StatementKind.GRANT) {
      boolean grant = in.at("GRANT");
      in.next();
      checkGrant(in, grant ? "TO" : "FROM");
      return Result.status("Statement executed successfully.");
    }
    String verb = in.next().value();
    CreateMode mode = CreateMode.orReplace(in);
    String kind = in.next().value();
    if (verb.equals("CREATE")) {
      mode.ifNotExists(in);
      Identifier name = in.identifier();
      return Result.status(
          (kind.equals("ROLE") ? "Role " : "Warehouse ") + name.sql() + " successfully created.");
    }
    in.accept("IF", "EXISTS");
    if (verb.equals("DROP")) {
      return Result.status(in.identifier().sql() + " successfully dropped.");
    }
    in.identifier();
    if (!in.atAny("RESUME", "SUSPEND", "SET", "UNSET")) {
      throw SqlError.unsupported(request.text());
    }
    return Result.status("Statement executed successfully.");
  }

  private static void checkGrant(TokenStream in, String direction) {
    while (!in.atEnd() && !in.at(direction)) {
      in.next();
    }
    in.expect(direction);
    if (!in.accept("DATABASE", "ROLE") && !in.accept("ROLE") && !in.accept("USER")) {
      // GRANT ROLE r TO USER u and GRANT ... TO ROLE r are covered; the word ROLE may be left out.
      if (!in.peek().isName()) {
        throw in.unexpected();
      }
    }
  }
}
