package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.engine.Notes;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.TableEntry;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table that COPY INTO loads.
 *
 * @param name its Snowflake name
 * @param temporary whether it is a temporary table of the session
 * @param incarnation changes when the table is created anew
 * @param columns all columns in order
 */
record TargetTable(
    QualifiedName.Full name, boolean temporary, String incarnation, List<TargetColumn> columns) {

  /**
   * A column.
   *
   * @param name its stored name
   * @param type its declared type
   * @param nullable whether it takes NULL
   */
  record TargetColumn(String name, SnowflakeType type, boolean nullable) {}

  /**
   * Reads a table from DuckDB.
   *
   * @throws SqlError 002003 when there is none
   */
  static TargetTable read(QualifiedName.Full name, Session session) throws SQLException {
    TableEntry table = TableEntry.find(session, name);
    if (table == null) {
      throw SqlError.missingObject(name.sql());
    }
    List<TargetColumn> columns = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE"
                + " table_name = ? AND "
                + (table.temporary() ? "database_name = 'temp'" : "schema_name = ?")
                + " ORDER BY column_index",
            table.temporary()
                ? new Object[] {name.name().name()}
                : new Object[] {name.name().name(), name.duckDbSchema()})) {
      columns.add(
          new TargetColumn(
              String.valueOf(row[0]),
              type(String.valueOf(row[1]), row[3]),
              Boolean.TRUE.equals(row[2])));
    }
    return new TargetTable(name, table.temporary(), table.incarnation(), columns);
  }

  /** Returns the quoted name in DuckDB. */
  String duckDb() {
    return temporary ? "temp.main." + name.name().quoted() : name.duckDb();
  }

  /** Returns the name by which a translated statement finds it. */
  String sql() {
    // DuckDB finds a temporary table by its bare name only, and then before any other.
    return temporary ? name.name().sql() : name.sql();
  }

  /**
   * Returns columns by name, or all when no name is given.
   *
   * @throws SqlError 000904 when there is no such column
   */
  List<TargetColumn> select(List<Identifier> names) {
    if (names.isEmpty()) {
      return columns;
    }
    List<TargetColumn> selected = new ArrayList<>();
    for (Identifier wanted : names) {
      selected.add(
          columns.stream()
              .filter(column -> column.name().equals(wanted.name()))
              .findFirst()
              .orElseThrow(() -> SqlError.invalidIdentifier(wanted.sql())));
    }
    return selected;
  }

  private static SnowflakeType type(String duckDb, @Nullable Object comment) {
    String declared = Notes.parse(comment).values().get(Notes.TYPE);
    return declared == null ? SnowflakeType.fromDuckDb(duckDb) : SnowflakeType.parse(declared);
  }
}
