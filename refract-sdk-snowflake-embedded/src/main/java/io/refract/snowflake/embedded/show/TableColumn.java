package io.refract.snowflake.embedded.show;

import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Notes;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table or view.
 *
 * @param name its name
 * @param type its Snowflake type
 * @param nullable whether it takes NULL
 * @param defaultValue the expression of its default, or null
 * @param notes what DuckDB does not know about it
 */
record TableColumn(
    String name, SnowflakeType type, boolean nullable, @Nullable String defaultValue, Notes notes) {

  /** Returns the columns of a table or view in their order. */
  static List<TableColumn> of(Session session, Relation relation) throws SQLException {
    String database = relation.temporary() ? "'temp'" : "current_database()";
    String schema = relation.temporary() ? "main" : relation.schema().duckDbName();
    List<TableColumn> columns = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT column_name, data_type, is_nullable, comment"
                + " FROM duckdb_columns() WHERE database_name = "
                + database
                + " AND schema_name = ? AND table_name = ? ORDER BY column_index",
            schema,
            relation.name())) {
      String name = String.valueOf(row[0]);
      Notes notes = Notes.parse(row[3]);
      String declared = notes.get(Notes.TYPE);
      columns.add(
          new TableColumn(
              name,
              declared.isEmpty()
                  ? SnowflakeType.fromDuckDb(String.valueOf(row[1]))
                  : SnowflakeType.parse(declared),
              !Boolean.FALSE.equals(row[2]),
              notes.values().get(Notes.DEFAULT),
              notes));
    }
    return columns;
  }

  /** Tells whether it is part of the primary key. */
  boolean primaryKey() {
    return !notes.get(Notes.PRIMARY_KEY).isEmpty();
  }

  /** Tells whether it is declared unique by itself. */
  boolean uniqueKey() {
    return !notes.get(Notes.UNIQUE).isEmpty();
  }

  /** Returns the type as SHOW COLUMNS prints it. */
  String typeJson() {
    JsonObject json = new JsonObject();
    switch (type.base()) {
      case NUMBER -> {
        json.addProperty("type", "FIXED");
        json.addProperty("precision", type.precision());
        json.addProperty("scale", type.scale());
      }
      case FLOAT -> json.addProperty("type", "REAL");
      case VARCHAR -> {
        json.addProperty("type", "TEXT");
        json.addProperty("length", type.length());
        json.addProperty(
            "byteLength", Math.min(4L * type.length(), Math.max(type.length(), 16_777_216)));
      }
      case BINARY -> {
        json.addProperty("type", "BINARY");
        json.addProperty("length", type.length());
        json.addProperty("byteLength", type.length());
      }
      case TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ -> {
        json.addProperty("type", type.base().name());
        json.addProperty("precision", 0);
        json.addProperty("scale", type.precision());
      }
      default -> json.addProperty("type", type.base().name());
    }
    json.addProperty("nullable", nullable);
    if (type.base() == SnowflakeType.Base.VARCHAR || type.base() == SnowflakeType.Base.BINARY) {
      json.addProperty("fixed", false);
    }
    return json.toString();
  }
}
