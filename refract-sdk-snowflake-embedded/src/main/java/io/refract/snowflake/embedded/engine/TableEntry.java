package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.QualifiedName;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A table that was found by its full Snowflake name.
 *
 * @param temporary whether it is a temporary table of the session
 * @param incarnation changes when the table is created anew
 */
public record TableEntry(boolean temporary, String incarnation) {

  /** Finds a table, or returns null. A view is none. */
  public static @Nullable TableEntry find(Session session, QualifiedName.Full name)
      throws SQLException {
    TableEntry permanent = null;
    for (@Nullable Object[] row :
        session.query(
            "SELECT temporary, comment, table_oid FROM duckdb_tables() WHERE table_name = ? AND"
                + " (schema_name = ? OR temporary)",
            name.name().name(),
            name.duckDbSchema())) {
      Notes notes = Notes.parse(row[1]);
      String created = notes.get(Notes.CREATED);
      boolean temporary = Boolean.TRUE.equals(row[0]);
      TableEntry entry =
          new TableEntry(temporary, created.isEmpty() ? String.valueOf(row[2]) : created);
      if (!temporary) {
        permanent = entry;
      } else if (notes.get(Notes.SCHEMA).equals(name.duckDbSchema())) {
        // It hides a permanent table of the same name, but in its own schema only: DuckDB keeps
        // the temporary tables of all schemas in one.
        return entry;
      }
    }
    return permanent;
  }
}
