package io.refract.snowflake.embedded.engine;

import com.google.common.base.Ascii;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds tables and views as DuckDB does: the session's temporary ones first. */
final class TableColumns {

  /**
   * Where a table or view lies.
   *
   * @param database DuckDB's database as an SQL expression
   * @param schema DuckDB's schema, unquoted
   * @param name the name
   * @param view whether it is a view
   * @param comment DuckDB's comment
   * @param sql DuckDB's own text
   */
  record Place(
      String database,
      String schema,
      String name,
      boolean view,
      @Nullable String comment,
      @Nullable String sql) {

    /** Returns the quoted name in DuckDB. */
    String duckDb() {
      return (database.equals(TEMPORARY) ? "temp." : "")
          + Identifier.quote(schema)
          + "."
          + Identifier.quote(name);
    }
  }

  private static final String TEMPORARY = "'temp'";
  private static final String PERMANENT = "current_database()";

  private TableColumns() {}

  /** Finds a table or view, or returns null. */
  static @Nullable Place find(Session session, QualifiedName name) throws SQLException {
    String table = name.name().name();
    if (!name.isQualified()) {
      Place temporary = find(session, TEMPORARY, "main", table);
      if (temporary != null) {
        return temporary;
      }
      if (session.database() == null || session.schema() == null) {
        return null;
      }
    }
    return find(session, PERMANENT, session.resolve(name).duckDbSchema(), table);
  }

  private static @Nullable Place find(Session session, String database, String schema, String name)
      throws SQLException {
    List<@Nullable Object[]> rows =
        session.query(
            "SELECT false, comment, sql FROM duckdb_tables() WHERE database_name = "
                + database
                + " AND schema_name = ? AND table_name = ? UNION ALL"
                + " SELECT true, comment, sql FROM duckdb_views() WHERE database_name = "
                + database
                + " AND schema_name = ? AND view_name = ?",
            schema,
            name,
            schema,
            name);
    if (rows.isEmpty()) {
      return null;
    }
    @Nullable Object[] row = rows.get(0);
    return new Place(
        database,
        schema,
        name,
        Boolean.TRUE.equals(row[0]),
        row[1] == null ? null : row[1].toString(),
        row[2] == null ? null : row[2].toString());
  }

  /** Returns the columns of a table or view; empty when there is none of this name. */
  static List<SqlContext.Column> columns(Session session, QualifiedName name) throws SQLException {
    ColumnCache cache = session.columnCache();
    List<SqlContext.Column> known = cache.get(session, name);
    if (known != null) {
      return known;
    }
    long version = session.engine().definitionsVersion();
    List<SqlContext.Column> read = read(session, name);
    cache.put(session, name, version, read);
    return read;
  }

  private static List<SqlContext.Column> read(Session session, QualifiedName name)
      throws SQLException {
    List<SqlContext.Column> columns = new ArrayList<>();
    if (!name.isQualified()) {
      columns.addAll(columns(session, TEMPORARY, "main", name));
    }
    boolean resolvable =
        name.database() != null
            || (session.database() != null && (name.isQualified() || session.schema() != null));
    if (columns.isEmpty() && resolvable) {
      columns.addAll(columns(session, PERMANENT, session.resolve(name).duckDbSchema(), name));
    }
    return columns;
  }

  private static List<SqlContext.Column> columns(
      Session session, String database, String schema, QualifiedName name) throws SQLException {
    List<SqlContext.Column> columns = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = "
                + database
                + " AND schema_name = ? AND table_name = ? ORDER BY column_index",
            schema,
            name.name().name())) {
      String declared = Notes.parse(row[2]).get(Notes.TYPE);
      columns.add(
          new SqlContext.Column(
              String.valueOf(row[0]),
              declared.isEmpty()
                  ? SnowflakeType.fromDuckDb(String.valueOf(row[1]))
                  : SnowflakeType.parse(declared)));
    }
    return columns;
  }

  /** Returns the names of tables, views and sequences that differ from a name in case at most. */
  static Set<String> namesakes(Session session, QualifiedName name) throws SQLException {
    Set<String> names = new TreeSet<>();
    if (!name.isQualified()) {
      names.addAll(namesakes(session, TEMPORARY, "main", name.name().name()));
      if (session.database() == null || session.schema() == null) {
        return names;
      }
    }
    names.addAll(
        namesakes(session, PERMANENT, session.resolve(name).duckDbSchema(), name.name().name()));
    return names;
  }

  private static List<String> namesakes(
      Session session, String database, String schema, String name) throws SQLException {
    List<String> names = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT name FROM (SELECT database_name, schema_name, table_name AS name FROM"
                + " duckdb_tables() UNION ALL SELECT database_name, schema_name, view_name FROM"
                + " duckdb_views() UNION ALL SELECT database_name, schema_name, sequence_name FROM"
                + " duckdb_sequences()) WHERE database_name = "
                + database
                + " AND schema_name = ? AND length(name) = ?",
            schema,
            name.codePointCount(0, name.length()))) {
      String found = String.valueOf(row[0]);
      if (Ascii.equalsIgnoreCase(found, name)) {
        names.add(found);
      }
    }
    return names;
  }

  /** Returns DuckDB's own text of a table. */
  static Optional<String> definition(Session session, QualifiedName name) throws SQLException {
    Place place = find(session, name);
    return place == null || place.view() ? Optional.empty() : Optional.ofNullable(place.sql());
  }
}
