package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** CREATE and DROP of databases and schemas. */
final class NamespaceStatements implements StatementHandler {

  /** What the clauses behind the name say. */
  private record Options(String comment) {}

  @Override
  public boolean accepts(Request request) {
    TokenStream in = request.tokens();
    if (request.kind() == StatementKind.CREATE) {
      in.next();
      CreateMode.orReplace(in);
      in.accept("TRANSIENT");
      return (in.at("DATABASE") && !in.at("DATABASE", "ROLE")) || in.at("SCHEMA");
    }
    if (request.kind() == StatementKind.DROP) {
      in.next();
      return (in.at("DATABASE") && !in.at("DATABASE", "ROLE")) || in.at("SCHEMA");
    }
    return false;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    boolean create = request.kind() == StatementKind.CREATE;
    in.next();
    CreateMode mode = create ? CreateMode.orReplace(in) : CreateMode.CREATE;
    in.accept("TRANSIENT");
    if (in.accept("DATABASE")) {
      return create ? createDatabase(in, mode, session) : dropDatabase(in, session);
    }
    in.expect("SCHEMA");
    return create ? createSchema(in, mode, session) : dropSchema(in, session);
  }

  private static Result createDatabase(TokenStream in, CreateMode orReplace, Session session)
      throws SQLException {
    CreateMode mode = orReplace.ifNotExists(in);
    Identifier database = in.identifier();
    Options options = options(in, "CREATE DATABASE");
    Catalog catalog = session.engine().catalog();
    List<CatalogObject> gone = new ArrayList<>();
    boolean created =
        session
            .transactions()
            .ddl(
                () -> {
                  if (catalog.databaseExists(session, database)) {
                    if (mode == CreateMode.IF_NOT_EXISTS) {
                      return false;
                    }
                    if (mode == CreateMode.CREATE) {
                      throw SqlError.alreadyExists(database.sql());
                    }
                    gone.addAll(catalog.dropDatabase(session, database));
                  }
                  catalog.createDatabase(session, database, options.comment());
                  return true;
                });
    forget(gone, session);
    if (!created) {
      return Result.status(database.sql() + " already exists, statement succeeded.");
    }
    session.use(database, new Identifier("PUBLIC"));
    return Result.status("Database " + database.sql() + " successfully created.");
  }

  private static Result createSchema(TokenStream in, CreateMode orReplace, Session session)
      throws SQLException {
    CreateMode mode = orReplace.ifNotExists(in);
    QualifiedName name = schemaName(in);
    Options options = options(in, "CREATE SCHEMA");
    Identifier database = database(name, session);
    Identifier schema = name.name();
    Catalog catalog = session.engine().catalog();
    List<CatalogObject> gone = new ArrayList<>();
    boolean created =
        session
            .transactions()
            .ddl(
                () -> {
                  if (!catalog.databaseExists(session, database)) {
                    throw SqlError.missingObject("Database", database.sql());
                  }
                  if (catalog.schemaExists(session, database, schema)) {
                    if (mode == CreateMode.IF_NOT_EXISTS) {
                      return false;
                    }
                    if (mode == CreateMode.CREATE) {
                      throw SqlError.alreadyExists(schema.sql());
                    }
                    gone.addAll(catalog.dropSchema(session, database, schema));
                  }
                  catalog.createSchema(session, database, schema, options.comment());
                  return true;
                });
    forget(gone, session);
    if (!created) {
      return Result.status(schema.sql() + " already exists, statement succeeded.");
    }
    session.use(database, schema);
    return Result.status("Schema " + schema.sql() + " successfully created.");
  }

  private static Result dropDatabase(TokenStream in, Session session) throws SQLException {
    boolean ifExists = in.accept("IF", "EXISTS");
    Identifier database = in.identifier();
    dropOptions(in);
    Catalog catalog = session.engine().catalog();
    List<CatalogObject> gone = new ArrayList<>();
    boolean dropped =
        session
            .transactions()
            .ddl(
                () -> {
                  if (!catalog.databaseExists(session, database)) {
                    if (ifExists) {
                      return false;
                    }
                    throw SqlError.missingObject("Database", database.sql());
                  }
                  gone.addAll(catalog.dropDatabase(session, database));
                  return true;
                });
    forget(gone, session);
    if (dropped && database.equals(session.database())) {
      session.use(null, null);
    }
    return dropped
        ? Result.status(database.sql() + " successfully dropped.")
        : alreadyDropped(database);
  }

  private static Result dropSchema(TokenStream in, Session session) throws SQLException {
    boolean ifExists = in.accept("IF", "EXISTS");
    QualifiedName name = schemaName(in);
    dropOptions(in);
    Identifier database = database(name, session);
    Identifier schema = name.name();
    if (schema.equals(Catalog.INFORMATION_SCHEMA)) {
      throw SqlError.of(
          "003001",
          "42501",
          "SQL access control error:\nInsufficient privileges to operate on schema"
              + " 'INFORMATION_SCHEMA'.");
    }
    Catalog catalog = session.engine().catalog();
    List<CatalogObject> gone = new ArrayList<>();
    boolean dropped =
        session
            .transactions()
            .ddl(
                () -> {
                  if (!catalog.schemaExists(session, database, schema)) {
                    if (ifExists) {
                      return false;
                    }
                    throw SqlError.missingObject("Schema", database.sql() + "." + schema.sql());
                  }
                  gone.addAll(catalog.dropSchema(session, database, schema));
                  return true;
                });
    forget(gone, session);
    if (dropped && database.equals(session.database()) && schema.equals(session.schema())) {
      session.use(database, null);
    }
    return dropped
        ? Result.status(schema.sql() + " successfully dropped.")
        : alreadyDropped(schema);
  }

  /** Ends what belongs to the objects of a dropped namespace, now that the drop is committed. */
  private static void forget(List<CatalogObject> objects, Session session) {
    session.temporaryObjects().removeAll(objects);
    session.engine().dropped(objects);
  }

  private static Result alreadyDropped(Identifier name) {
    return Result.status(
        "Drop statement executed successfully (" + name.sql() + " already dropped).");
  }

  private static QualifiedName schemaName(TokenStream in) {
    QualifiedName name = in.qualifiedName();
    if (name.database() != null) {
      throw SqlError.syntax("A schema has at most two name parts, not " + name);
    }
    return name;
  }

  private static Identifier database(QualifiedName name, Session session) {
    Identifier given = name.schema();
    return given == null ? session.requireDatabase() : given;
  }

  private static void dropOptions(TokenStream in) {
    if (in.accept("RESTRICT")) {
      throw SqlError.unsupported("DROP ... RESTRICT");
    }
    in.accept("CASCADE");
    in.expectEnd();
  }

  private static Options options(TokenStream in, String statement) {
    String comment = "";
    while (!in.atEnd()) {
      if (in.accept("COMMENT")) {
        in.expectOperator("=");
        comment = in.string();
      } else if (in.accept("DATA_RETENTION_TIME_IN_DAYS")
          || in.accept("MAX_DATA_EXTENSION_TIME_IN_DAYS")) {
        // There is no time travel, so its length changes nothing that can be seen.
        in.expectOperator("=");
        in.integer();
      } else if (in.accept("WITH", "MANAGED", "ACCESS")) {
        throw SqlError.unsupported(statement + " WITH MANAGED ACCESS");
      } else if (in.peek().isName()) {
        throw SqlError.unsupported(statement + " ... " + in.peek().text());
      } else {
        throw in.unexpected();
      }
    }
    return new Options(comment);
  }
}
