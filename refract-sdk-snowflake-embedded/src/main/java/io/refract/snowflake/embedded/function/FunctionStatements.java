package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.CreateMode;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** CREATE FUNCTION and DROP FUNCTION. */
final class FunctionStatements implements StatementHandler {

  private final Engine engine;
  private final Functions functions;

  FunctionStatements(Engine engine, Functions functions) {
    this.engine = engine;
    this.functions = functions;
  }

  @Override
  public boolean accepts(Request request) {
    TokenStream in = request.tokens();
    if (request.kind() == StatementKind.CREATE) {
      in.expect("CREATE");
      if (!in.accept("OR", "REPLACE")) {
        in.accept("OR", "ALTER");
      }
      while (in.accept("TEMP")
          || in.accept("TEMPORARY")
          || in.accept("SECURE")
          || in.accept("AGGREGATE")
          || in.accept("EXTERNAL")
          || in.accept("DATA", "METRIC")) {
        // The words before FUNCTION may come in any order.
      }
      return in.at("FUNCTION");
    }
    return in.at("DROP", "FUNCTION") || in.at("ALTER", "FUNCTION");
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    if (in.accept("CREATE")) {
      return create(in, session);
    }
    if (in.accept("DROP", "FUNCTION")) {
      return drop(in, session);
    }
    throw SqlError.unsupported("ALTER FUNCTION");
  }

  private Result create(TokenStream in, Session session) throws SQLException {
    if (in.at("OR", "ALTER")) {
      throw SqlError.unsupported("CREATE OR ALTER FUNCTION");
    }
    CreateMode start = CreateMode.orReplace(in);
    boolean temporary = false;
    boolean secure = false;
    while (!in.at("FUNCTION")) {
      if (in.atAny("AGGREGATE", "EXTERNAL", "DATA")) {
        throw SqlError.unsupported("CREATE " + in.peek().value() + " FUNCTION");
      }
      temporary |= in.atAny("TEMP", "TEMPORARY");
      secure |= in.at("SECURE");
      in.next();
    }
    in.expect("FUNCTION");
    CreateMode mode = start.ifNotExists(in);
    Definition definition = DefinitionParser.parse(in, session, secure);
    QualifiedName.Full name = definition.name();
    CatalogObject existing =
        engine.catalog().find(session, ObjectKind.FUNCTION, name, definition.types());
    if (existing != null && mode == CreateMode.IF_NOT_EXISTS) {
      return Result.status(name.name().sql() + " already exists, statement succeeded.");
    }
    if (existing != null && mode == CreateMode.CREATE) {
      throw SqlError.alreadyExists(name.sql());
    }
    engine.catalog().requireSchema(session, name.database(), name.schema());
    CatalogObject object = functions.prepare(definition, temporary, session);
    boolean[] created = new boolean[1];
    try {
      boolean isTemporary = temporary;
      session
          .transactions()
          .ddl(
              () -> {
                engine.catalog().create(session, object, mode);
                functions.updateMacro(name, isTemporary, session);
                return true;
              });
      created[0] = true;
    } finally {
      if (!created[0]) {
        functions.discard(object);
      }
    }
    if (existing != null) {
      functions.discard(existing);
    }
    String remark = functions.remark(definition);
    return Result.status(
        "Function "
            + name.name().sql()
            + " successfully created."
            + (remark == null ? "" : " " + remark));
  }

  private Result drop(TokenStream in, Session session) throws SQLException {
    boolean ifExists = in.accept("IF", "EXISTS");
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    String types = Definition.types(types(in));
    in.expectEnd();
    CatalogObject dropped =
        session
            .transactions()
            .ddl(
                () -> {
                  CatalogObject found =
                      engine.catalog().find(session, ObjectKind.FUNCTION, name, types);
                  if (found != null) {
                    engine.catalog().drop(session, ObjectKind.FUNCTION, name, types);
                    functions.updateMacro(name, found.temporary(), session);
                  }
                  return found;
                });
    if (dropped != null) {
      functions.discard(dropped);
      return Result.status(name.name().sql() + " successfully dropped.");
    }
    if (!ifExists) {
      throw SqlError.missingObject("Function", name.sql() + types);
    }
    return Result.status(
        "Drop statement executed successfully (" + name.name().sql() + " already dropped).");
  }

  private static List<SnowflakeType> types(TokenStream in) {
    List<SnowflakeType> types = new ArrayList<>();
    in.expectOperator("(");
    while (!in.acceptOperator(")")) {
      types.add(SnowflakeType.parse(in));
      if (!in.acceptOperator(",") && !in.atOperator(")")) {
        throw in.unexpected();
      }
    }
    return types;
  }
}
