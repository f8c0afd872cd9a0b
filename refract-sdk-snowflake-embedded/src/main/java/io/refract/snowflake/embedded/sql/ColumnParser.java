package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Column definitions and constraints of CREATE TABLE and ALTER TABLE. PRIMARY KEY, UNIQUE and
 * FOREIGN KEY are accepted and not enforced, as in Snowflake; NOT NULL is.
 */
final class ColumnParser {

  /** A definition with what DuckDB needs for it. */
  record Column(ColumnDefinition definition, @Nullable String defaultSql) {

    /** The definition in a CREATE TABLE of DuckDB. */
    String sql(boolean nullable) {
      SnowflakeType type = definition.type();
      String name = definition.name().quoted();
      StringBuilder sql = new StringBuilder(name).append(' ').append(type.duckDb());
      if (!nullable) {
        sql.append(" NOT NULL");
      }
      if (defaultSql != null) {
        sql.append(" DEFAULT ").append(defaultSql);
      }
      if (type.base() == SnowflakeType.Base.VARCHAR && !type.hasDefaultLength()) {
        // DuckDB forgets the length of a VARCHAR.
        sql.append(" CHECK (length(")
            .append(name)
            .append(") <= ")
            .append(type.length())
            .append(')');
      }
      return sql.toString();
    }
  }

  private final Parser parser;
  private final TokenStream in;
  private final List<String> preparations = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();

  ColumnParser(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /** Statements to run before: sequences of identity columns. */
  List<String> preparations() {
    return preparations;
  }

  /** Reads columns and constraints up to the closing parenthesis. */
  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    in.expectOperator("(");
    do {
      if (!tableConstraint()) {
        columns.add(column());
      }
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    List<Column> result = new ArrayList<>();
    for (Column column : columns) {
      ColumnDefinition d = column.definition();
      boolean key = d.primaryKey() || keys.contains(d.name().name());
      // The columns of a primary key do not take NULL.
      result.add(
          new Column(
              new ColumnDefinition(
                  d.name(),
                  d.type(),
                  d.nullable() && !key,
                  d.defaultText(),
                  d.comment(),
                  key,
                  d.unique()),
              column.defaultSql()));
    }
    return result;
  }

  /** Reads an out-of-line constraint when one follows. */
  boolean tableConstraint() {
    boolean named = in.at("CONSTRAINT") && in.peek(1).isName();
    Token word = in.peek(named ? 2 : 0);
    boolean constraint = word.isWord("PRIMARY") || word.isWord("FOREIGN") || word.isWord("UNIQUE");
    Token behind = in.peek(named ? 3 : 1);
    boolean keyed = behind.isWord("KEY") || behind.isOperator("(");
    if (!constraint || !keyed) {
      return false;
    }
    if (named) {
      in.next();
      in.next();
    }
    boolean primary = in.accept("PRIMARY", "KEY");
    boolean foreign = !primary && in.accept("FOREIGN", "KEY");
    if (!primary && !foreign) {
      in.expect("UNIQUE");
    }
    for (Identifier name : parser.queries.names()) {
      if (primary) {
        keys.add(name.name());
      }
    }
    if (foreign) {
      in.expect("REFERENCES");
      references();
    }
    properties();
    return true;
  }

  private void references() {
    in.qualifiedName();
    if (in.atOperator("(")) {
      parser.queries.names();
    }
    while (in.accept("MATCH", "FULL")
        || in.accept("MATCH", "SIMPLE")
        || in.accept("MATCH", "PARTIAL")
        || in.accept("ON", "DELETE")
        || in.accept("ON", "UPDATE")
        || in.accept("CASCADE")
        || in.accept("SET", "NULL")
        || in.accept("SET", "DEFAULT")
        || in.accept("RESTRICT")
        || in.accept("NO", "ACTION")) {
      // Referential actions are accepted and not enforced.
    }
  }

  private void properties() {
    while (in.accept("NOT", "ENFORCED")
        || in.accept("NOT", "DEFERRABLE")
        || in.accept("DEFERRABLE")
        || in.accept("INITIALLY", "DEFERRED")
        || in.accept("INITIALLY", "IMMEDIATE")
        || in.accept("ENABLE")
        || in.accept("DISABLE")
        || in.accept("VALIDATE")
        || in.accept("NOVALIDATE")
        || in.accept("RELY")
        || in.accept("NORELY")) {
      // Only ENFORCED would change anything.
    }
    parser.refuse("ENFORCED constraint", "ENFORCED");
  }

  Column column() {
    Identifier name = in.identifier();
    SnowflakeType type = SnowflakeType.parse(in);
    boolean nullable = true;
    boolean key = false;
    boolean unique = false;
    String text = null;
    String sql = null;
    String comment = null;
    while (true) {
      if (in.accept("NOT", "NULL")) {
        nullable = false;
      } else if (in.accept("NULL")) {
        nullable = true;
      } else if (in.accept("DEFAULT")) {
        int start = in.peek().start();
        Expr value = parser.expressions.additive();
        text = in.slice(start, in.lastEnd());
        sql =
            value.kind() == Kind.NULL
                ? "NULL"
                : Dml.assign(value, new SqlContext.Column(name.name(), type));
      } else if (in.atAny("AUTOINCREMENT", "IDENTITY")) {
        in.next();
        sql = identity();
        text = "IDENTITY";
      } else if (in.accept("PRIMARY", "KEY")) {
        key = true;
        properties();
      } else if (in.accept("UNIQUE")) {
        unique = true;
        properties();
      } else if (in.accept("FOREIGN", "KEY") || in.at("REFERENCES")) {
        in.expect("REFERENCES");
        references();
        properties();
      } else if (in.accept("CONSTRAINT")) {
        in.identifier();
      } else if (in.accept("COMMENT")) {
        in.acceptOperator("=");
        comment = in.string();
      } else {
        refuseRest();
        return new Column(
            new ColumnDefinition(name, type, nullable, text, comment, key, unique), sql);
      }
    }
  }

  private void refuseRest() {
    parser.refuse("COLLATE", "COLLATE");
    parser.refuse("masking policy", "MASKING");
    parser.refuse("masking policy", "WITH", "MASKING");
    parser.refuse("projection policy", "WITH", "PROJECTION");
    parser.refuse("tags", "TAG");
    parser.refuse("tags", "WITH", "TAG");
    parser.refuse("computed column", "AS");
    parser.refuse("CHECK constraint", "CHECK");
  }

  /** An own sequence for each identity column; its name is never used twice. */
  private String identity() {
    int start = 1;
    int step = 1;
    if (in.acceptOperator("(")) {
      start = signed();
      in.expectOperator(",");
      step = signed();
      in.expectOperator(")");
    } else if (in.accept("START")) {
      in.accept("WITH");
      in.acceptOperator("=");
      start = signed();
      if (in.accept("INCREMENT")) {
        in.accept("BY");
        in.acceptOperator("=");
        step = signed();
      }
    }
    if (!in.accept("ORDER")) {
      in.accept("NOORDER");
    }
    Identifier name = new Identifier("__IDENTITY_" + UUID.randomUUID().toString().replace("-", ""));
    String full =
        QualifiedName.of(name)
            .resolve(parser.context.currentDatabase(), parser.context.currentSchema())
            .duckDb();
    preparations.add(
        "CREATE SEQUENCE "
            + full
            + " START WITH "
            + start
            + " INCREMENT BY "
            + step
            + (step < 0 ? " MINVALUE -9223372036854775807 MAXVALUE 9223372036854775807" : ""));
    return "nextval(" + Expr.quote(full) + ")";
  }

  private int signed() {
    boolean minus = in.acceptOperator("-");
    int value = in.integer();
    return minus ? -value : value;
  }
}
