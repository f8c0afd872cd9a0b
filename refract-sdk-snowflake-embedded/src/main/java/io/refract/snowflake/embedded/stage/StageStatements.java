package io.refract.snowflake.embedded.stage;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.CreateMode;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.format.FileFormatClause;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** CREATE STAGE, ALTER STAGE ... SET COMMENT, and DROP STAGE. */
public final class StageStatements implements StatementHandler {

  private final Engine engine;
  private final Stages stages;

  /** Makes the handler of an engine's stages. */
  public StageStatements(Engine engine, Stages stages) {
    this.engine = engine;
    this.stages = stages;
  }

  @Override
  public boolean accepts(Request request) {
    TokenStream in = request.tokens();
    if (request.kind() == StatementKind.CREATE) {
      in.expect("CREATE");
      if (!in.accept("OR", "REPLACE")) {
        in.accept("OR", "ALTER");
      }
      if (!in.accept("TEMP")) {
        in.accept("TEMPORARY");
      }
      return in.at("STAGE");
    }
    return in.at("DROP", "STAGE") || in.at("ALTER", "STAGE");
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    if (in.accept("CREATE")) {
      return create(in, session);
    }
    return in.accept("DROP") ? drop(in, session) : alter(in, session);
  }

  private Result create(TokenStream in, Session session) throws SQLException {
    if (in.at("OR", "ALTER")) {
      throw SqlError.unsupported("CREATE OR ALTER STAGE");
    }
    CreateMode mode = CreateMode.orReplace(in);
    boolean temporary = in.accept("TEMP") || in.accept("TEMPORARY");
    in.expect("STAGE");
    mode = mode.ifNotExists(in);
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("type", temporary ? "INTERNAL TEMPORARY" : "INTERNAL");
    attributes.put("directory_enabled", "N");
    attributes.put("comment", "");
    attributes.put(Stages.DIRECTORY, Stages.newDirectory(name));
    while (!in.atEnd()) {
      option(in, attributes, session);
    }
    CatalogObject stage =
        CatalogObject.create(ObjectKind.STAGE, name, "", temporary, session, attributes);
    CreateMode effective = mode;
    CatalogObject replaced = engine.catalog().find(session, ObjectKind.STAGE, name, "");
    boolean created =
        session.transactions().ddl(() -> engine.catalog().create(session, stage, effective));
    if (!created) {
      return Result.status(name.name().sql() + " already exists, statement succeeded.");
    }
    if (replaced != null) {
      stages.of(replaced).deleteAll();
    }
    return Result.status("Stage area " + name.name().sql() + " successfully created.");
  }

  private void option(TokenStream in, Map<String, String> attributes, Session session)
      throws SQLException {
    if (in.atAny("URL", "STORAGE_INTEGRATION", "CREDENTIALS", "ENDPOINT", "AWS_ACCESS_POINT_ARN")) {
      throw SqlError.unsupported("external stage, " + in.peek().value() + " of CREATE STAGE");
    }
    if (in.at("CLONE")) {
      throw SqlError.unsupported("CREATE STAGE ... CLONE");
    }
    if (in.accept("COMMENT")) {
      in.acceptOperator("=");
      attributes.put("comment", in.string());
    } else if (in.accept("FILE_FORMAT")) {
      in.acceptOperator("=");
      attributes.put(Stages.FILE_FORMAT, FileFormatClause.read(in, engine.catalog(), session));
    } else if (in.accept("ENCRYPTION")) {
      in.acceptOperator("=");
      attributes.put("encryption", encryption(in));
    } else if (in.accept("DIRECTORY")) {
      in.acceptOperator("=");
      attributes.put("directory_enabled", directory(in) ? "Y" : "N");
    } else if (in.at("WITH", "TAG") || in.at("TAG")) {
      throw SqlError.unsupported("TAG of CREATE STAGE");
    } else if (in.at("COPY_OPTIONS")) {
      throw SqlError.unsupported("COPY_OPTIONS of CREATE STAGE");
    } else {
      throw in.unexpected();
    }
  }

  private static String encryption(TokenStream in) {
    in.expectOperator("(");
    in.expect("TYPE");
    in.expectOperator("=");
    String type = in.string();
    in.expectOperator(")");
    if (!type.equals("SNOWFLAKE_FULL") && !type.equals("SNOWFLAKE_SSE")) {
      throw SqlError.syntax("invalid value '" + type + "' for property 'ENCRYPTION.TYPE'.");
    }
    return type;
  }

  private static boolean directory(TokenStream in) {
    boolean enabled = false;
    in.expectOperator("(");
    while (!in.acceptOperator(")")) {
      boolean enable = in.accept("ENABLE");
      if (!enable && !in.accept("AUTO_REFRESH") && !in.accept("REFRESH_ON_CREATE")) {
        throw in.unexpected();
      }
      in.expectOperator("=");
      boolean value = in.accept("TRUE");
      if (!value) {
        in.expect("FALSE");
      }
      enabled |= enable && value;
      in.acceptOperator(",");
    }
    return enabled;
  }

  private Result drop(TokenStream in, Session session) throws SQLException {
    in.expect("STAGE");
    boolean ifExists = in.accept("IF", "EXISTS");
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    in.expectEnd();
    CatalogObject stage =
        session
            .transactions()
            .ddl(
                () -> {
                  CatalogObject found = engine.catalog().find(session, ObjectKind.STAGE, name, "");
                  if (found != null) {
                    engine.catalog().drop(session, ObjectKind.STAGE, name, "");
                  }
                  return found;
                });
    if (stage != null) {
      // After the catalog: a process that ends in between leaves files that nothing names.
      stages.of(stage).deleteAll();
      return Result.status(name.name().sql() + " successfully dropped.");
    }
    if (!ifExists) {
      throw SqlError.missingObject("Stage", name.sql());
    }
    return Result.status(
        "Drop statement executed successfully (" + name.name().sql() + " already dropped).");
  }

  private Result alter(TokenStream in, Session session) throws SQLException {
    in.expect("ALTER", "STAGE");
    boolean ifExists = in.accept("IF", "EXISTS");
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    if (in.accept("REFRESH")) {
      in.expectEnd();
      return Result.status("Statement executed successfully.");
    }
    if (!in.at("SET", "COMMENT")) {
      throw SqlError.unsupported("ALTER STAGE " + in.peek().value());
    }
    in.expect("SET", "COMMENT");
    in.expectOperator("=");
    String comment = in.string();
    in.expectEnd();
    session
        .transactions()
        .ddl(
            () -> {
              CatalogObject found = engine.catalog().find(session, ObjectKind.STAGE, name, "");
              if (found == null) {
                if (ifExists) {
                  return false;
                }
                throw SqlError.missingObject("Stage", name.sql());
              }
              Map<String, String> attributes = new LinkedHashMap<>(found.attributes());
              attributes.put("comment", comment);
              return engine
                  .catalog()
                  .create(
                      session,
                      new CatalogObject(
                          found.kind(),
                          found.name(),
                          found.signature(),
                          found.temporary(),
                          found.owner(),
                          found.createdOn(),
                          attributes),
                      CreateMode.OR_REPLACE);
            });
    return Result.status("Statement executed successfully.");
  }
}
