package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/** INSERT, UPDATE, DELETE and MERGE. */
final class Dml {

  private final Parser parser;
  private final TokenStream in;

  Dml(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  Translation insert() {
    in.expect("INSERT");
    boolean overwrite = in.accept("OVERWRITE");
    if (in.atAny("ALL", "FIRST")) {
      throw SqlError.unsupported("multi-table INSERT");
    }
    in.expect("INTO");
    in.accept("TABLE");
    QualifiedName table = in.qualifiedName();
    String reference = parser.tables.existing(table);
    List<Identifier> names = List.of();
    if (in.atOperator("(") && !parser.queries.atQuery()) {
      names = parser.queries.names();
    }
    List<SqlContext.Column> targets = targets(table, names);
    boolean values = in.at("VALUES");
    String source = values ? values(targets) : query(targets, false);
    in.expectEnd();
    String list = names.isEmpty() ? "" : Queries.quoted(names);
    String insert = "INSERT INTO " + reference + list + " ";
    List<String> statements;
    if (overwrite && !values) {
      KeptRows rows = KeptRows.unnamed();
      statements =
          List.of(
              rows.keep(source, targets.size()),
              "DELETE FROM " + reference,
              insert + rows.select(),
              rows.drop());
    } else if (overwrite) {
      statements = List.of("DELETE FROM " + reference, insert + source);
    } else {
      statements = List.of(insert + source);
    }
    return done(StatementKind.INSERT, statements, table);
  }

  private Translation done(StatementKind kind, List<String> statements, QualifiedName table) {
    return new Translation(kind, statements, parser.binds(), null, table, List.of());
  }

  /** The columns that are written, in their order; empty when the engine does not know them. */
  private List<SqlContext.Column> targets(QualifiedName table, List<Identifier> names) {
    List<SqlContext.Column> all = parser.context.columns(table);
    if (names.isEmpty() || all.isEmpty()) {
      return all;
    }
    List<SqlContext.Column> chosen = new ArrayList<>();
    for (Identifier name : names) {
      chosen.add(find(all, name));
    }
    return chosen;
  }

  private static SqlContext.Column find(List<SqlContext.Column> all, Identifier name) {
    for (SqlContext.Column column : all) {
      if (column.name().equals(name.name())) {
        return column;
      }
    }
    throw SqlError.invalidIdentifier(name.sql());
  }

  private String values(List<SqlContext.Column> targets) {
    in.expect("VALUES");
    List<String> rows = new ArrayList<>();
    do {
      in.expectOperator("(");
      List<String> row = new ArrayList<>();
      do {
        if (in.accept("DEFAULT")) {
          row.add("DEFAULT");
        } else {
          Expr value = parser.expressions.expression();
          int i = row.size();
          row.add(i < targets.size() ? assign(value, targets.get(i)) : value.typed());
        }
      } while (in.acceptOperator(","));
      in.expectOperator(")");
      if (!targets.isEmpty() && row.size() != targets.size()) {
        throw countMismatch(targets.size(), row.size());
      }
      rows.add("(" + String.join(", ", row) + ")");
    } while (in.acceptOperator(","));
    return "VALUES " + String.join(", ", rows);
  }

  private static SqlError countMismatch(int expected, int got) {
    return SqlError.of(
        "002020",
        "21S01",
        "SQL compilation error:\nInsert value list does not match column list expecting "
            + expected
            + " but got "
            + got);
  }

  /**
   * Reads a query and converts its columns to those that take them.
   *
   * @param variants whether plain values become VARIANTs, as in CREATE TABLE but not in INSERT
   */
  String query(List<SqlContext.Column> targets, boolean variants) {
    if (!parser.queries.atQuery()) {
      throw in.unexpected();
    }
    Query query = parser.queries.query();
    if (targets.isEmpty()) {
      return query.sql();
    }
    List<Kind> kinds = query.columns() == null ? List.of() : List.copyOf(query.columns().values());
    if (!kinds.isEmpty() && kinds.size() != targets.size()) {
      throw countMismatch(targets.size(), kinds.size());
    }
    List<Identifier> names = new ArrayList<>();
    List<String> items = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      Identifier name = new Identifier("__C" + i);
      names.add(name);
      Kind kind = kinds.isEmpty() ? Kind.UNKNOWN : kinds.get(i);
      Expr value = Expr.of(name.quoted(), kind);
      SnowflakeType type = targets.get(i).type();
      boolean convert = variants && Kind.of(type) == Kind.VARIANT && kind != Kind.UNKNOWN;
      items.add(convert ? Casts.cast(value, type, false).sql() : assign(value, targets.get(i)));
    }
    return "SELECT "
        + String.join(", ", items)
        + " FROM ("
        + query.sql()
        + ") AS \"__Q\""
        + Queries.quoted(names);
  }

  /** Converts a value to the type of the column that takes it. */
  static String assign(Expr value, SqlContext.Column column) {
    SnowflakeType type = column.type();
    Kind target = Kind.of(type);
    Kind kind = value.kind();
    if (kind == Kind.NULL || kind == target) {
      return value.typed();
    }
    if (target == Kind.TEXT) {
      // The length is checked by the table, not cut.
      return Casts.text(value);
    }
    if (kind == Kind.UNKNOWN) {
      return value.sql();
    }
    if (target == Kind.VARIANT) {
      throw SqlError.of(
          "002023",
          "22000",
          "SQL compilation error:\nExpression type does not match column data type, expecting "
              + type.base()
              + " but got "
              + kind
              + " for column "
              + column.name());
    }
    return Casts.cast(value, type, false).sql();
  }

  Translation update() {
    in.expect("UPDATE");
    QualifiedName table = in.qualifiedName();
    String target = target(table);
    List<SqlContext.Column> columns = parser.context.columns(table);
    in.expect("SET");
    int set = in.mark();
    String from = "";
    int behind = -1;
    if (parser.queries.skipToFrom()) {
      in.expect("FROM");
      from = " FROM " + parser.tables.from();
      behind = in.mark();
    }
    in.reset(set);
    String assignments = assignments(columns);
    if (behind >= 0) {
      in.expect("FROM");
      in.reset(behind);
    }
    String sql = "UPDATE " + target + " SET " + assignments + from + where();
    in.expectEnd();
    return done(StatementKind.UPDATE, List.of(sql), table);
  }

  /** Adds the written table to the scope and returns its name with the alias. */
  private String target(QualifiedName table) {
    return parser.tables.aliased(
        parser.tables.existing(table),
        table.name().name(),
        parser.tables.columns(table),
        List.of());
  }

  private String assignments(List<SqlContext.Column> columns) {
    List<String> parts = new ArrayList<>();
    do {
      Identifier column = column();
      in.expectOperator("=");
      String value;
      if (in.accept("DEFAULT")) {
        value = "DEFAULT";
      } else {
        Expr e = parser.expressions.expression();
        value = columns.isEmpty() ? e.typed() : assign(e, find(columns, column));
      }
      parts.add(column.quoted() + " = " + value);
    } while (in.acceptOperator(","));
    return String.join(", ", parts);
  }

  /** Reads a column, whose qualifiers say nothing new. */
  private Identifier column() {
    Identifier column = in.identifier();
    while (in.acceptOperator(".")) {
      column = in.identifier();
    }
    return column;
  }

  private String where() {
    return in.accept("WHERE") ? " WHERE " + Casts.truth(parser.expressions.expression()) : "";
  }

  Translation delete() {
    in.expect("DELETE", "FROM");
    QualifiedName table = in.qualifiedName();
    String target = target(table);
    String using = in.accept("USING") ? " USING " + parser.tables.from() : "";
    String sql = "DELETE FROM " + target + using + where();
    in.expectEnd();
    return done(StatementKind.DELETE, List.of(sql), table);
  }

  /**
   * The result has one row per written row, with {@code INSERT}, {@code UPDATE}, {@code DELETE}.
   */
  Translation merge() {
    in.expect("MERGE", "INTO");
    QualifiedName table = in.qualifiedName();
    List<SqlContext.Column> columns = parser.context.columns(table);
    StringBuilder sql = new StringBuilder("MERGE INTO ").append(target(table));
    in.expect("USING");
    sql.append(" USING ").append(parser.tables.from());
    in.expect("ON");
    sql.append(" ON ").append(Casts.truth(parser.expressions.expression()));
    while (in.accept("WHEN")) {
      boolean not = in.accept("NOT");
      in.expect("MATCHED");
      sql.append(" WHEN ").append(not ? "NOT MATCHED" : "MATCHED");
      if (in.accept("AND")) {
        sql.append(" AND ").append(Casts.truth(parser.expressions.expression()));
      }
      in.expect("THEN");
      sql.append(" THEN ").append(not ? mergeInsert(table) : mergeChange(columns));
    }
    in.expectEnd();
    sql.append(" RETURNING merge_action");
    return done(StatementKind.MERGE, List.of(sql.toString()), table);
  }

  private String mergeChange(List<SqlContext.Column> columns) {
    if (in.accept("DELETE")) {
      return "DELETE";
    }
    in.expect("UPDATE");
    parser.refuse("UPDATE ALL BY NAME", "ALL");
    in.expect("SET");
    return "UPDATE SET " + assignments(columns);
  }

  private String mergeInsert(QualifiedName table) {
    in.expect("INSERT");
    parser.refuse("INSERT ALL BY NAME", "ALL");
    List<Identifier> names = new ArrayList<>();
    if (in.acceptOperator("(")) {
      do {
        names.add(column());
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    }
    return "INSERT"
        + (names.isEmpty() ? "" : Queries.quoted(names))
        + " "
        + values(targets(table, names));
  }
}
