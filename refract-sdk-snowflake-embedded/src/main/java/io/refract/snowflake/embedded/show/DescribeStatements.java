package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Catalog;
import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Notes;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.ResultStore;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** DESCRIBE TABLE, VIEW, FUNCTION, PROCEDURE, STAGE, FILE FORMAT, DATABASE, SCHEMA and RESULT. */
public final class DescribeStatements implements StatementHandler {

  /** What handlers keep in an object's attributes for themselves; no user asked for it. */
  private static final Set<String> KEPT_FOR_THE_SERVER =
      Set.of("definition", "duckdb_name", "directory", "options");

  private static final String COLUMNS =
      "name type kind null? default primary~key unique~key check expression comment policy~name"
          + " privacy~domain";

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.DESCRIBE;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    return table(request, session).result(StatementType.DESCRIBE);
  }

  @Override
  public Result describe(Request request, Session session) throws SQLException {
    return Result.of(
        StatementType.DESCRIBE, table(request, session).columns(), RowCursor.of(List.of()));
  }

  private static Table table(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    in.next();
    if (in.accept("FUNCTION")) {
      return callable(in, session, ObjectKind.FUNCTION);
    }
    if (in.accept("PROCEDURE")) {
      return callable(in, session, ObjectKind.PROCEDURE);
    }
    if (in.accept("STAGE")) {
      return properties(in, session, ObjectKind.STAGE);
    }
    if (in.accept("FILE", "FORMAT")) {
      return properties(in, session, ObjectKind.FILE_FORMAT);
    }
    if (in.accept("DATABASE")) {
      return database(in, session);
    }
    if (in.accept("SCHEMA")) {
      return schema(in, session);
    }
    if (in.accept("RESULT")) {
      return result(in, session);
    }
    if (in.accept("TABLE")) {
      return relation(in, session, false);
    }
    if (in.accept("VIEW")) {
      return relation(in, session, true);
    }
    throw SqlError.unsupported("DESCRIBE " + in.rest());
  }

  private static Table relation(TokenStream in, Session session, boolean view) throws SQLException {
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    if (in.accept("TYPE")) {
      in.expectOperator("=");
      if (in.accept("STAGE")) {
        throw SqlError.unsupported("DESCRIBE TABLE ... TYPE = STAGE");
      }
      in.expect("COLUMNS");
    }
    in.expectEnd();
    ShowClauses clauses =
        new ShowClauses(
            null, null, name.database(), name.schema(), name.name(), Integer.MAX_VALUE, null);
    List<Relation> found =
        Relation.list(session, clauses).stream()
            .filter(relation -> !view || relation.view())
            .toList();
    if (found.isEmpty()) {
      throw SqlError.missingObject(view ? "View" : "Table", name.sql());
    }
    Table table = new Table(COLUMNS);
    for (TableColumn column : TableColumn.of(session, found.get(0))) {
      String comment = column.notes().get(Notes.COMMENT);
      table.add(
          column.name(),
          column.type().sql(),
          "COLUMN",
          column.nullable() ? "Y" : "N",
          column.defaultValue(),
          column.primaryKey() ? "Y" : "N",
          column.uniqueKey() ? "Y" : "N",
          null,
          null,
          comment.isEmpty() ? null : comment);
    }
    return table;
  }

  private static Table callable(TokenStream in, Session session, ObjectKind kind)
      throws SQLException {
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    String signature = signature(in);
    in.expectEnd();
    CatalogObject object = session.engine().catalog().find(session, kind, name, signature);
    if (object == null) {
      throw SqlError.missingObject(kind.words(), name.sql() + signature);
    }
    return properties(object);
  }

  private static String signature(TokenStream in) {
    in.expectOperator("(");
    List<String> types = new ArrayList<>();
    while (!in.atOperator(")")) {
      types.add(SnowflakeType.parse(in).base().name());
      if (!in.atOperator(")")) {
        in.expectOperator(",");
      }
    }
    in.expectOperator(")");
    return "(" + String.join(", ", types) + ")";
  }

  private static Table properties(TokenStream in, Session session, ObjectKind kind)
      throws SQLException {
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    in.expectEnd();
    CatalogObject object = session.engine().catalog().find(session, kind, name, "");
    if (object == null) {
      throw SqlError.missingObject(kind.words(), name.sql());
    }
    return properties(object);
  }

  private static Table properties(CatalogObject object) {
    Table table = new Table("property value");
    for (Map.Entry<String, String> attribute : object.attributes().entrySet()) {
      if (!KEPT_FOR_THE_SERVER.contains(attribute.getKey())) {
        table.add(attribute.getKey(), attribute.getValue());
      }
    }
    return table;
  }

  private static Table database(TokenStream in, Session session) throws SQLException {
    Identifier name = in.identifier();
    in.expectEnd();
    Catalog catalog = session.engine().catalog();
    if (!catalog.databaseExists(session, name)) {
      throw SqlError.missingObject("Database", name.sql());
    }
    Table table = new Table("created_on:t name kind");
    for (Catalog.Schema schema : catalog.schemas(session)) {
      if (schema.database().equals(name.name())) {
        table.add(schema.createdOn(), schema.name(), "SCHEMA");
      }
    }
    return table;
  }

  private static Table schema(TokenStream in, Session session) throws SQLException {
    QualifiedName name = in.qualifiedName();
    in.expectEnd();
    Identifier database = name.schema() == null ? session.requireDatabase() : name.schema();
    session.engine().catalog().requireSchema(session, database, name.name());
    Table table = new Table("created_on:t name kind");
    ShowClauses clauses =
        new ShowClauses(null, null, database, name.name(), null, Integer.MAX_VALUE, null);
    for (Relation relation : Relation.list(session, clauses)) {
      table.add(relation.createdOn(), relation.name(), relation.view() ? "VIEW" : "TABLE");
    }
    return table;
  }

  private static Table result(TokenStream in, Session session) {
    String id;
    if (in.accept("LAST_QUERY_ID")) {
      in.expectOperator("(");
      in.expectOperator(")");
      String last = session.queryId(-1);
      id = last == null ? "" : last;
    } else {
      id = in.string();
    }
    in.expectEnd();
    ResultStore.Kept kept = session.engine().results().get(id);
    if (kept == null) {
      throw SqlError.of("000709", "02000", "Statement " + id + " not found");
    }
    Table table = new Table(COLUMNS);
    for (Column column : kept.columns()) {
      table.add(
          column.name(),
          column.type().sql(),
          "COLUMN",
          column.nullable() ? "Y" : "N",
          null,
          "N",
          "N");
    }
    return table;
  }
}
