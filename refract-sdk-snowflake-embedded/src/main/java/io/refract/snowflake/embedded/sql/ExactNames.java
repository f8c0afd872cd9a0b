package io.refract.snowflake.embedded.sql;

import java.util.List;
import java.util.Set;

/**
 * The names that DDL writes. DuckDB takes {@code "t"} for {@code T}, Snowflake does not: without a
 * look before, {@code DROP TABLE "t"} would drop {@code T}.
 */
final class ExactNames {

  private final Parser parser;

  ExactNames(Parser parser) {
    this.parser = parser;
  }

  /** Tells whether there is a table, view or sequence of exactly this name. */
  boolean exists(QualifiedName name) {
    return parser.context.namesakes(name).contains(name.name().name());
  }

  /** The DuckDB name of an object that must exist. */
  String existing(QualifiedName name) {
    if (!exists(name)) {
      throw SqlError.missingObject(name.sql());
    }
    return parser.tables.reference(name);
  }

  /** The DuckDB name of an object to be made. */
  String created(QualifiedName name) {
    refuseNamesake(name);
    return parser.tables.reference(name);
  }

  /** DuckDB cannot hold two objects whose names differ in case only. */
  void refuseNamesake(QualifiedName name) {
    Set<String> names = parser.context.namesakes(name);
    for (String other : names) {
      if (!other.equals(name.name().name())) {
        throw SqlError.unsupported(
            "the name "
                + name.name().sql()
                + " beside "
                + new Identifier(other).sql()
                + ", which differs in case only");
      }
    }
  }

  /** Checks that a table has exactly this column. */
  Identifier column(QualifiedName table, Identifier column) {
    if (!hasColumn(table, column)) {
      throw SqlError.invalidIdentifier(column.sql());
    }
    return column;
  }

  /** Tells whether a table has exactly this column. */
  boolean hasColumn(QualifiedName table, Identifier column) {
    List<SqlContext.Column> columns = parser.context.columns(table);
    return columns.stream().anyMatch(each -> each.name().equals(column.name()));
  }
}
