package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CREATE, DROP, TRUNCATE and COMMENT for tables, views and sequences. */
final class Ddl {

  private final Parser parser;
  private final TokenStream in;
  private final ExactNames names;

  Ddl(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
    this.names = new ExactNames(parser);
  }

  Translation create() {
    in.expect("CREATE");
    boolean replace = in.accept("OR", "REPLACE");
    parser.refuse("CREATE OR ALTER", "OR", "ALTER");
    boolean temporary = false;
    while (true) {
      if (in.atAny("TEMP", "TEMPORARY", "VOLATILE")) {
        in.next();
        temporary = true;
      } else if (!in.accept("TRANSIENT")
          && !in.accept("SECURE")
          && !in.accept("LOCAL")
          && !in.accept("GLOBAL")) {
        break;
      }
    }
    if (in.accept("TABLE")) {
      return table(replace, temporary);
    }
    parser.refuse("recursive view", "RECURSIVE", "VIEW");
    if (in.accept("VIEW")) {
      return view(replace, temporary);
    }
    if (in.accept("SEQUENCE")) {
      return sequence(replace);
    }
    throw SqlError.unsupported("CREATE " + words());
  }

  /** The next words, to name what is refused. */
  String words() {
    StringBuilder words = new StringBuilder(in.peek().value());
    if (in.peek(1).kind() == Token.Kind.WORD
        && in.atAny(
            "FILE",
            "MATERIALIZED",
            "DYNAMIC",
            "EXTERNAL",
            "HYBRID",
            "ICEBERG",
            "EVENT",
            "MASKING",
            "ROW",
            "NETWORK",
            "STORAGE",
            "NOTIFICATION",
            "SECURITY",
            "RESOURCE",
            "API",
            "CORTEX",
            "EXTERNAL")) {
      words.append(' ').append(in.peek(1).value());
    }
    return words.toString();
  }

  private static String head(String what, boolean replace, boolean temporary, boolean absent) {
    return "CREATE "
        + (replace ? "OR REPLACE " : "")
        + (temporary ? "TEMP " : "")
        + what
        + (absent ? " IF NOT EXISTS " : " ");
  }

  private Translation done(
      StatementKind kind, List<String> sql, String status, QualifiedName name) {
    return new Translation(kind, sql, parser.binds(), status, name, List.of());
  }

  private Translation table(boolean replace, boolean temporary) {
    boolean absent = in.accept("IF", "NOT", "EXISTS");
    QualifiedName name = in.qualifiedName();
    if (temporary && name.isQualified()) {
      throw SqlError.unsupported("a temporary table with a qualified name");
    }
    String target = names.created(name);
    String head = head("TABLE", replace, temporary, absent);
    String status = "Table " + name.name().sql() + " successfully created.";
    List<ColumnParser.Column> columns = List.of();
    List<Identifier> labels = List.of();
    ColumnParser reader = new ColumnParser(parser);
    if (in.atOperator("(")) {
      boolean bare =
          in.peek(1).isName() && (in.peek(2).isOperator(",") || in.peek(2).isOperator(")"));
      if (bare) {
        labels = parser.queries.names();
      } else {
        columns = reader.columns();
      }
    }
    String comment = options();
    List<String> sql = new ArrayList<>(reader.preparations());
    List<ColumnDefinition> declared = new ArrayList<>();
    if (in.accept("LIKE") || in.at("CLONE")) {
      boolean clone = in.accept("CLONE");
      QualifiedName source = in.qualifiedName();
      parser.refuse("time travel", "AT");
      parser.refuse("time travel", "BEFORE");
      if (clone) {
        String rows = "SELECT * FROM " + parser.tables.existing(source);
        int width = parser.context.columns(source).size();
        filled(sql, replace, definition(head, target, source), target, rows, width);
      } else {
        sql.add(definition(head, target, source));
      }
      // DuckDB's text has no lengths of texts and no Snowflake types.
      for (SqlContext.Column column : parser.context.columns(source)) {
        Identifier label = new Identifier(column.name());
        declared.add(new ColumnDefinition(label, column.type(), true, null, null, false, false));
      }
      options();
    } else if (in.accept("AS")) {
      if (columns.isEmpty()) {
        Query query = parser.queries.query();
        String list = labels.isEmpty() ? "" : Queries.quoted(labels);
        sql.add(head + target + list + " AS " + query.sql());
      } else {
        if (absent) {
          throw SqlError.unsupported("CREATE TABLE IF NOT EXISTS with typed columns AS SELECT");
        }
        List<SqlContext.Column> targets = new ArrayList<>();
        for (ColumnParser.Column column : columns) {
          ColumnDefinition definition = column.definition();
          targets.add(new SqlContext.Column(definition.name().name(), definition.type()));
        }
        String create = head + target + " (" + definitions(columns) + ")";
        String query = new Dml(parser).query(targets, true);
        filled(sql, replace, create, target, query, columns.size());
      }
    } else if (columns.isEmpty()) {
      throw in.unexpected();
    } else {
      sql.add(head + target + " (" + definitions(columns) + ")");
    }
    in.expectEnd();
    if (comment != null) {
      sql.add("COMMENT ON TABLE " + target + " IS " + Expr.quote(comment));
    }
    for (ColumnParser.Column column : columns) {
      declared.add(column.definition());
    }
    return new Translation(StatementKind.CREATE, sql, parser.binds(), status, name, declared);
  }

  private static String definitions(List<ColumnParser.Column> columns) {
    List<String> parts = new ArrayList<>();
    for (ColumnParser.Column column : columns) {
      parts.add(column.sql(column.definition().nullable()));
    }
    return String.join(", ", parts);
  }

  /** Creates a table and fills it; what it replaces may be what the query reads. */
  private static void filled(
      List<String> sql, boolean replace, String create, String target, String query, int width) {
    if (!replace) {
      sql.add(create);
      sql.add("INSERT INTO " + target + " " + query);
      return;
    }
    KeptRows rows = KeptRows.unnamed();
    sql.add(rows.keep(query, width));
    sql.add(create);
    sql.add("INSERT INTO " + target + " " + rows.select());
    sql.add(rows.drop());
  }

  /** Creates a table with another table's columns, defaults and constraints. */
  private String definition(String head, String target, QualifiedName source) {
    String text =
        parser
            .context
            .tableDefinition(source)
            .orElseThrow(() -> SqlError.missingObject(source.sql()));
    int open = text.indexOf('(');
    return head + target + " " + text.substring(open).strip().replaceAll(";$", "");
  }

  /** Reads table options; gives the comment or null. */
  private @Nullable String options() {
    String comment = null;
    while (true) {
      if (in.accept("COMMENT")) {
        in.acceptOperator("=");
        comment = in.string();
      } else if (in.accept("CLUSTER", "BY")) {
        in.expectOperator("(");
        parser.enter(new Scope(null));
        parser.expressions.list();
        in.expectOperator(")");
      } else if (in.at("COPY", "GRANTS")) {
        // Nothing is granted here that could be kept.
        in.expect("COPY", "GRANTS");
      } else if (in.atAny(
              "DATA_RETENTION_TIME_IN_DAYS",
              "MAX_DATA_EXTENSION_TIME_IN_DAYS",
              "CHANGE_TRACKING",
              "ENABLE_SCHEMA_EVOLUTION")
          && in.peek(1).isOperator("=")) {
        in.next();
        in.next();
        in.next();
      } else {
        return comment;
      }
    }
  }

  private Translation view(boolean replace, boolean temporary) {
    boolean absent = in.accept("IF", "NOT", "EXISTS");
    QualifiedName name = in.qualifiedName();
    List<Identifier> labels = new ArrayList<>();
    if (in.acceptOperator("(")) {
      do {
        labels.add(in.identifier());
        if (in.accept("COMMENT")) {
          // DuckDB keeps no comments of a view's columns.
          in.string();
        }
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    }
    String comment = options();
    in.expect("AS");
    // A view keeps its meaning when the session's schema changes.
    parser.qualify();
    Query query = parser.queries.query();
    in.expectEnd();
    String target = names.created(name);
    List<String> sql = new ArrayList<>();
    sql.add(
        head("VIEW", replace, temporary, absent)
            + target
            + (labels.isEmpty() ? "" : Queries.quoted(labels))
            + " AS "
            + query.sql());
    if (comment != null) {
      sql.add("COMMENT ON VIEW " + target + " IS " + Expr.quote(comment));
    }
    String status = "View " + name.name().sql() + " successfully created.";
    return done(StatementKind.CREATE, sql, status, name);
  }

  private Translation sequence(boolean replace) {
    boolean absent = in.accept("IF", "NOT", "EXISTS");
    QualifiedName name = in.qualifiedName();
    StringBuilder sql =
        new StringBuilder(head("SEQUENCE", replace, false, absent)).append(names.created(name));
    while (!in.atEnd()) {
      if (in.accept("START")) {
        in.accept("WITH");
        in.acceptOperator("=");
        sql.append(" START WITH ").append(in.integer());
      } else if (in.accept("INCREMENT")) {
        in.accept("BY");
        in.acceptOperator("=");
        sql.append(" INCREMENT BY ").append(in.integer());
      } else if (in.accept("COMMENT")) {
        in.expectOperator("=");
        in.string();
      } else if (!in.accept("WITH") && !in.accept("ORDER") && !in.accept("NOORDER")) {
        throw in.unexpected();
      }
    }
    String status = "Sequence " + name.name().sql() + " successfully created.";
    return done(StatementKind.CREATE, List.of(sql.toString()), status, name);
  }

  Translation drop() {
    in.expect("DROP");
    if (!in.atAny("TABLE", "VIEW", "SEQUENCE")) {
      throw SqlError.unsupported("DROP " + words());
    }
    String what = in.next().value();
    boolean existing = in.accept("IF", "EXISTS");
    QualifiedName name = in.qualifiedName();
    if (!in.accept("CASCADE")) {
      in.accept("RESTRICT");
    }
    in.expectEnd();
    boolean missing = existing && !names.exists(name);
    String sql =
        missing
            ? "SELECT 1"
            : "DROP " + what + (existing ? " IF EXISTS " : " ") + names.existing(name);
    return done(
        StatementKind.DROP, List.of(sql), name.name().sql() + " successfully dropped.", name);
  }

  Translation truncate() {
    in.expect("TRUNCATE");
    in.accept("TABLE");
    boolean existing = in.accept("IF", "EXISTS");
    QualifiedName name = in.qualifiedName();
    in.expectEnd();
    boolean missing = existing && parser.context.columns(name).isEmpty();
    String sql = missing ? "SELECT 1" : "DELETE FROM " + parser.tables.existing(name);
    return done(StatementKind.TRUNCATE, List.of(sql), "Statement executed successfully.", name);
  }

  Translation comment() {
    in.expect("COMMENT");
    if (in.accept("IF", "EXISTS")) {
      throw SqlError.unsupported("COMMENT IF EXISTS");
    }
    in.expect("ON");
    if (!in.atAny("TABLE", "VIEW", "COLUMN")) {
      throw SqlError.unsupported("COMMENT ON " + words());
    }
    String what = in.next().value();
    QualifiedName name;
    String target;
    if (what.equals("COLUMN")) {
      List<Identifier> parts = new ArrayList<>(List.of(in.identifier()));
      while (in.acceptOperator(".")) {
        parts.add(in.identifier());
      }
      if (parts.size() < 2) {
        throw in.unexpected();
      }
      name = Tables.name(parts.subList(0, parts.size() - 1));
      Identifier column = names.column(name, parts.get(parts.size() - 1));
      target = names.existing(name) + "." + column.quoted();
    } else {
      name = in.qualifiedName();
      target = names.existing(name);
    }
    in.expect("IS");
    String sql = "COMMENT ON " + what + " " + target + " IS " + Expr.quote(in.string());
    in.expectEnd();
    return done(StatementKind.COMMENT, List.of(sql), "Statement executed successfully.", name);
  }
}
