package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/** ALTER TABLE, ALTER VIEW ... RENAME. */
final class AlterTable {

  private final Parser parser;
  private final TokenStream in;
  private final ExactNames names;

  AlterTable(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
    this.names = new ExactNames(parser);
  }

  Translation alter() {
    in.expect("ALTER");
    if (!in.atAny("TABLE", "VIEW")) {
      throw SqlError.unsupported("ALTER " + in.peek().value());
    }
    String what = in.next().value();
    boolean existing = in.accept("IF", "EXISTS");
    QualifiedName name = in.qualifiedName();
    if (existing && !names.exists(name)) {
      while (!in.atEnd()) {
        in.next();
      }
      return done(List.of("SELECT 1"), name, List.of());
    }
    String alter = "ALTER " + what + (existing ? " IF EXISTS " : " ") + names.existing(name) + " ";
    List<ColumnDefinition> added = new ArrayList<>();
    List<String> sql = new ArrayList<>();
    if (in.accept("RENAME", "TO")) {
      sql.add(alter + "RENAME TO " + renamed(name).quoted());
    } else if (what.equals("VIEW")) {
      throw SqlError.unsupported("ALTER VIEW " + in.peek().value());
    } else if (in.accept("RENAME", "COLUMN")) {
      Identifier from = names.column(name, in.identifier());
      in.expect("TO");
      sql.add(alter + "RENAME COLUMN " + from.quoted() + " TO " + in.identifier().quoted());
    } else if (in.accept("ADD")) {
      add(name, alter, sql, added);
    } else if (in.accept("DROP")) {
      drop(name, alter, sql);
    } else if (in.accept("ALTER") || in.accept("MODIFY")) {
      modify(name, alter, sql);
    } else if (in.accept("SET", "COMMENT")) {
      in.expectOperator("=");
      sql.add(
          "COMMENT ON TABLE " + parser.tables.reference(name) + " IS " + Expr.quote(in.string()));
    } else {
      throw SqlError.unsupported("ALTER TABLE " + in.peek().value());
    }
    in.expectEnd();
    return done(sql, name, added);
  }

  private Translation done(List<String> sql, QualifiedName name, List<ColumnDefinition> added) {
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
    names.refuseNamesake(new QualifiedName(name.database(), name.schema(), to.name()));
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

  private void drop(QualifiedName table, String alter, List<String> sql) {
    if (in.atAny("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT")) {
      throw SqlError.unsupported("ALTER TABLE DROP " + in.peek().value());
    }
    in.accept("COLUMN");
    boolean existing = in.accept("IF", "EXISTS");
    do {
      Identifier column = in.identifier();
      boolean missing = existing && !names.hasColumn(table, column);
      sql.add(missing ? "SELECT 1" : alter + "DROP COLUMN " + names.column(table, column).quoted());
    } while (in.acceptOperator(","));
  }

  private void modify(QualifiedName table, String alter, List<String> sql) {
    in.accept("COLUMN");
    String column = alter + "ALTER COLUMN " + names.column(table, in.identifier()).quoted();
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
