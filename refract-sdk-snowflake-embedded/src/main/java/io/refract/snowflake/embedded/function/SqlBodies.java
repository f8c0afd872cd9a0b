package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.Session;
import java.util.ArrayList;
import java.util.List;

/** The bodies of functions in SQL, and the defaults of arguments, as DuckDB's SQL. */
final class SqlBodies {

  /** Returns the defaults of the arguments as DuckDB expressions; NULL where there is none. */
  List<String> defaults(Definition definition, Session session) {
    List<String> defaults = new ArrayList<>();
    for (Definition.Argument argument : definition.arguments()) {
      String sql = argument.defaultSql();
      defaults.add(sql == null ? "NULL" : sql);
    }
    return defaults;
  }
}
