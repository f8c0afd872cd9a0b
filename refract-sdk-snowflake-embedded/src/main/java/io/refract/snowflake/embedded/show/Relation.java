package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Catalog;
import io.refract.snowflake.embedded.engine.Notes;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table or view.
 *
 * @param schema the Snowflake schema that holds it
 * @param name its name
 * @param view whether it is a view
 * @param temporary whether it belongs to one session
 * @param notes what DuckDB does not know about it
 * @param duckDbName its quoted name in DuckDB
 */
record Relation(
    Catalog.Schema schema,
    String name,
    boolean view,
    boolean temporary,
    Notes notes,
    String duckDbName) {

  private static final String TABLES_AND_VIEWS =
      """
      SELECT schema_name, table_name, comment, temporary, false AS is_view
      FROM duckdb_tables() WHERE NOT internal
      UNION ALL
      SELECT schema_name, view_name, comment, temporary, true
      FROM duckdb_views() WHERE NOT internal
      ORDER BY 1, 2
      """;

  /** Returns all tables and views of the schemas that are asked for, by schema and name. */
  static List<Relation> list(Session session, ShowClauses clauses) throws SQLException {
    Map<String, Catalog.Schema> schemas = new HashMap<>();
    for (Catalog.Schema schema : session.engine().catalog().schemas(session)) {
      if (clauses.wants(schema.database(), schema.name())) {
        schemas.put(schema.duckDbName(), schema);
      }
    }
    List<Relation> relations = new ArrayList<>();
    for (@Nullable Object[] row : session.query(TABLES_AND_VIEWS)) {
      Notes notes = Notes.parse(row[2]);
      boolean temporary = Boolean.TRUE.equals(row[3]);
      String schemaName =
          temporary && !notes.get(Notes.SCHEMA).isEmpty()
              ? notes.get(Notes.SCHEMA)
              : String.valueOf(row[0]);
      Catalog.Schema schema = schemas.get(schemaName);
      String name = String.valueOf(row[1]);
      if (schema == null || (clauses.table() != null && !clauses.table().name().equals(name))) {
        continue;
      }
      String duckDbSchema = temporary ? "temp.main" : Identifier.quote(schemaName);
      relations.add(
          new Relation(
              schema,
              name,
              Boolean.TRUE.equals(row[4]),
              temporary,
              notes,
              duckDbSchema + "." + Identifier.quote(name)));
    }
    return relations;
  }

  /** Returns when it was created, or null when that is not known. */
  @Nullable OffsetDateTime createdOn() {
    String created = notes.get(Notes.CREATED);
    return created.isEmpty() ? null : OffsetDateTime.parse(created);
  }

  /** Returns TABLE, TRANSIENT, TEMPORARY or VIEW. */
  String kind() {
    if (view) {
      return "VIEW";
    }
    if (temporary) {
      return "TEMPORARY";
    }
    String kind = notes.get(Notes.KIND);
    return kind.isEmpty() ? "TABLE" : kind;
  }

  /** Returns the owner; the views of INFORMATION_SCHEMA have none. */
  String owner() {
    return schema.owner();
  }

  /** Counts the rows of a table; a view has no count. */
  @Nullable Long rows(Session session) throws SQLException {
    if (view) {
      return null;
    }
    Object count = session.query("SELECT count(*) FROM " + duckDbName).get(0)[0];
    return count instanceof Number number ? number.longValue() : null;
  }
}
