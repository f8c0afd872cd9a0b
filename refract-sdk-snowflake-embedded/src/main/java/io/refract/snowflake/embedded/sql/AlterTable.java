package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/** ALTER TABLE, ALTER VIEW ... RENAME. */
final class AlterTable {

  private final Parser parser;
  private final TokenStream in;

  AlterTable(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  Translation alter() {
    in.expect("ALTER");
    if (!in.atAny("TABLE", "VIEW")) {
      throw SqlError.unsupported("ALTER " + in.peek().value());
    }
    String what = in.next().value();
    boolean existing = in.accept("IF", "EXISTS");
    QualifiedName name = in.qualifiedName();
    String alter =
        "ALTER " + what + (existing ? " IF EXISTS " : " ") + parser.tables.reference(name) + " ";
    List<ColumnDefinition> added = new ArrayList<>();
    List<String> sql = new ArrayList<>();
    if (in.accept("RENAME", "TO")) {
      sql.add(alter + "RENAME TO " + renamed(name).quoted());
    } else if (what.equals("VIEW")) {
      throw SqlError.unsupported("ALTER VIEW " + in.peek().value());
    } else if (in.accept("RENAME", "COLUMN")) {
      Identifier from = in.identifier();
      in.expect("TO");
      sql.add(alter + "RENAME COLUMN " + from.quoted() + " TO " + in.identifier().quoted());
    } else if (in.accept("ADD")) {
      add(name, alter, sql, added);
    } else if (in.accept("DROP")) {
      drop(alter, sql);
    } else if (in.accept("ALTER") || in.accept("MODIFY")) {
      modify(alter, sql);
    } else if (in.accept("SET", "COMMENT")) {
      in.expectOperator("=");
      sql.add(
          "COMMENT ON TABLE " + parser.tables.reference(name) + " IS " + Expr.quote(in.string()));
    } else {
      throw SqlError.unsupported("ALTER TABLE " + in.peek().value());
    }
    in.expectEnd();
    return new Translation(
        StatementKind.ALTER, sql, parser.binds(), "Statement executed successfully.", name, added);
  }

  private Identifier renamed(QualifiedName name) {
    QualifiedName to = in.qualifiedName();
    boolean sameSchema =
        to.schema() == null
            || to.resolve(parser.context.currentDatabase(), parser.context.currentSchema())
                .duckDbSchema()
                .equals(
                    name.resolve(parser.context.currentDatabase(), parser.context.currentSchema())
                        .duckDbSchema());
    if (!sameSchema) {
      throw SqlError.unsupported("moving a table to another schema");
    }
    return to.name();
  }

  private void add(
      QualifiedName table, String alter, List<String> sql, List<ColumnDefinition> added) {
    ColumnParser reader = new ColumnParser(parser);
    if (reader.tableConstraint()) {
      // Keys are not enforced.
      sql.add("SELECT 1");
      return;
    }
    parser.refuse("search optimization", "SEARCH");
    parser.refuse("row access policy", "ROW");
    in.accept("COLUMN");
    do {
      String absent = in.accept("IF", "NOT", "EXISTS") ? "IF NOT EXISTS " : "";
      ColumnParser.Column column = reader.column();
      ColumnDefinition d = column.definition();
      if (d.type().base() == SnowflakeType.Base.VARCHAR && !d.type().hasDefaultLength()) {
        rebuild(table, column, sql);
      } else {
        String value = column.defaultSql() == null ? "" : " DEFAULT " + column.defaultSql();
        sql.add(
            alter + "ADD COLUMN " + absent + d.name().quoted() + " " + d.type().duckDb() + value);
        if (!d.nullable()) {
          sql.add(alter + "ALTER COLUMN " + d.name().quoted() + " SET NOT NULL");
        }
      }
      added.add(d);
    } while (in.acceptOperator(","));
    sql.addAll(0, reader.preparations());
  }

  /** DuckDB adds no column with a check, so the table is written anew. */
  private void rebuild(QualifiedName table, ColumnParser.Column column, List<String> sql) {
    String text =
        parser
            .context
            .tableDefinition(table)
            .orElseThrow(() -> SqlError.missingObject(table.sql()));
    String target = parser.tables.reference(table);
    Identifier other = new Identifier("__REBUILD_" + table.name().name());
    String temporary =
        parser.tables.reference(new QualifiedName(table.database(), table.schema(), other));
    String body = text.substring(text.indexOf('(')).strip().replaceAll(";$", "");
    String columns = body.substring(0, body.lastIndexOf(')'));
    sql.add(
        "CREATE TABLE "
            + temporary
            + " "
            + columns
            + ", "
            + column.sql(column.definition().nullable())
            + ")");
    sql.add("INSERT INTO " + temporary + " BY NAME SELECT * FROM " + target);
    sql.add("DROP TABLE " + target);
    sql.add("ALTER TABLE " + temporary + " RENAME TO " + table.name().quoted());
  }

  private void drop(String alter, List<String> sql) {
    if (in.atAny("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT")) {
      throw SqlError.unsupported("ALTER TABLE DROP " + in.peek().value());
    }
    in.accept("COLUMN");
    String existing = in.accept("IF", "EXISTS") ? "IF EXISTS " : "";
    do {
      sql.add(alter + "DROP COLUMN " + existing + in.identifier().quoted());
    } while (in.acceptOperator(","));
  }

  private void modify(String alter, List<String> sql) {
    in.accept("COLUMN");
    String column = alter + "ALTER COLUMN " + in.identifier().quoted();
    if (in.accept("SET", "NOT", "NULL")) {
      sql.add(column + " SET NOT NULL");
    } else if (in.accept("DROP", "NOT", "NULL")) {
      sql.add(column + " DROP NOT NULL");
    } else if (in.accept("DROP", "DEFAULT")) {
      sql.add(column + " DROP DEFAULT");
    } else if (in.accept("SET", "DATA", "TYPE") || in.accept("TYPE")) {
      SnowflakeType type = SnowflakeType.parse(in);
      if (type.base() == SnowflakeType.Base.VARCHAR && !type.hasDefaultLength()) {
        throw SqlError.unsupported("changing the length of a VARCHAR column");
      }
      sql.add(column + " SET DATA TYPE " + type.duckDb());
    } else {
      throw SqlError.unsupported("ALTER TABLE ALTER COLUMN " + in.peek().value());
    }
  }
}
