package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** USE DATABASE, SCHEMA, WAREHOUSE, ROLE and SECONDARY ROLES. */
final class UseStatements implements StatementHandler {

  private static final Identifier PUBLIC = new Identifier("PUBLIC");

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.USE;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    in.expect("USE");
    if (in.accept("WAREHOUSE")) {
      Identifier warehouse = last(in);
      session.useWarehouse(warehouse.name());
    } else if (in.accept("ROLE")) {
      Identifier role = last(in);
      session.useRole(role.name());
    } else if (in.accept("SECONDARY", "ROLES")) {
      if (!in.accept("ALL") && !in.accept("NONE")) {
        throw SqlError.unsupported("USE SECONDARY ROLES with role names");
      }
      in.expectEnd();
    } else if (in.accept("SCHEMA")) {
      useSchema(name(in), session);
    } else if (in.accept("DATABASE")) {
      useDatabase(last(in), session);
    } else {
      QualifiedName name = name(in);
      if (name.schema() == null) {
        useDatabase(name.name(), session);
      } else {
        useSchema(name, session);
      }
    }
    return Result.status(StatementType.USE, "Statement executed successfully.");
  }

  private static void useDatabase(Identifier database, Session session) throws SQLException {
    Catalog catalog = session.engine().catalog();
    if (!catalog.databaseExists(session, database)) {
      throw missing();
    }
    session.use(database, catalog.schemaExists(session, database, PUBLIC) ? PUBLIC : null);
  }

  private static void useSchema(QualifiedName name, Session session) throws SQLException {
    @Nullable Identifier given = name.schema();
    Identifier database = given == null ? session.requireDatabase() : given;
    if (name.database() != null
        || !session.engine().catalog().schemaExists(session, database, name.name())) {
      throw missing();
    }
    session.use(database, name.name());
  }

  private static SqlError missing() {
    return SqlError.operationCannotBePerformed();
  }

  private static QualifiedName name(TokenStream in) {
    QualifiedName name = in.qualifiedName();
    in.expectEnd();
    return name;
  }

  private static Identifier last(TokenStream in) {
    QualifiedName name = name(in);
    if (name.isQualified()) {
      throw SqlError.syntax("A database, warehouse or role has one name part, not " + name);
    }
    return name.name();
  }
}
