package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The rows of a query, kept in a temporary table while the table that it may read is emptied or
 * replaced. In Snowflake a statement reads what was there before it.
 *
 * @param table the temporary table in DuckDB
 */
record KeptRows(String table) {

  static KeptRows unnamed() {
    return new KeptRows("temp.main." + Identifier.quote("__KEPT_" + UUID.randomUUID()));
  }

  /** The statement that keeps the rows; the columns get names, as those of a query may be equal. */
  String keep(String query, int columns) {
    List<Identifier> names = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      names.add(new Identifier("__C" + i));
    }
    return "CREATE TEMP TABLE "
        + table
        + " AS SELECT * FROM ("
        + query
        + ") AS \"__Q\""
        + Queries.quoted(names);
  }

  String select() {
    return "SELECT * FROM " + table;
  }

  String drop() {
    return "DROP TABLE " + table;
  }
}
