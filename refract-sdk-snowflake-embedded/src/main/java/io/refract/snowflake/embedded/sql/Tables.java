package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The FROM clause: tables, subqueries, joins, VALUES and table functions. */
final class Tables {

  /** A VALUES list with the names that Snowflake gives its columns. */
  record Values(String sql, List<Identifier> names, Map<String, Kind> columns) {}

  private final Parser parser;
  private final TokenStream in;
  private final TableFunctions functions;

  Tables(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
    this.functions = new TableFunctions(parser);
  }

  /** Reads what stands behind FROM and adds the sources to the scope. */
  String from() {
    StringBuilder sql = new StringBuilder(joined());
    while (in.acceptOperator(",")) {
      sql.append(", ").append(joined());
    }
    return sql.toString();
  }

  private String joined() {
    StringBuilder sql = new StringBuilder(table());
    while (true) {
      String join = join();
      if (join == null) {
        return sql.toString();
      }
      sql.append(join).append(table());
      parser.refuse("MATCH_CONDITION", "MATCH_CONDITION");
      if (in.accept("ON")) {
        sql.append(" ON ").append(Casts.truth(parser.expressions.expression()));
      } else if (in.accept("USING")) {
        sql.append(" USING").append(Queries.quoted(parser.queries.names()));
      } else if (join.contains(" LEFT ") && !join.contains("NATURAL")) {
        // A LEFT JOIN with a lateral table needs no condition.
        sql.append(" ON TRUE");
      } else if (join.equals(" JOIN ")) {
        sql.append(" ON TRUE");
      }
    }
  }

  private @Nullable String join() {
    parser.refuse("ASOF JOIN", "ASOF");
    boolean natural = in.accept("NATURAL");
    String type = "";
    if (in.atAny("LEFT", "RIGHT", "FULL") && !in.peek(1).isOperator("(")) {
      type = in.next().value() + " ";
      in.accept("OUTER");
    } else if (in.accept("INNER")) {
      type = "";
    } else if (in.accept("CROSS")) {
      in.expect("JOIN");
      return " CROSS JOIN ";
    } else if (!in.at("JOIN")) {
      if (natural) {
        throw in.unexpected();
      }
      return null;
    }
    in.expect("JOIN");
    return natural ? " NATURAL " + type + "JOIN " : " " + type + "JOIN ";
  }

  private String table() {
    boolean lateral = in.accept("LATERAL");
    Token token = in.peek();
    String sql;
    if (token.kind() == Token.Kind.STAGE
        || (token.kind() == Token.Kind.STRING && token.value().startsWith("@"))) {
      throw SqlError.unsupported("query of a staged file");
    }
    if (token.isOperator("(")) {
      sql = parenthesis(lateral);
    } else if (in.at("VALUES") && in.peek(1).isOperator("(")) {
      Values values = values();
      sql = aliased("(" + values.sql() + ")", "VALUES", values.columns(), values.names());
    } else if (in.at("TABLE") && in.peek(1).isOperator("(")) {
      in.next();
      in.next();
      sql = inTable();
    } else if (token.isWord("FLATTEN") && in.peek(1).isOperator("(")) {
      sql = functions.call();
    } else if (lateral && in.peek(1).isOperator("(")) {
      sql = functions.call();
    } else {
      sql = named(in.qualifiedName());
    }
    refuseSuffixes();
    return sql;
  }

  private void refuseSuffixes() {
    parser.refuse("SAMPLE", "SAMPLE");
    parser.refuse("SAMPLE", "TABLESAMPLE");
    parser.refuse("PIVOT", "PIVOT");
    parser.refuse("UNPIVOT", "UNPIVOT");
    parser.refuse("MATCH_RECOGNIZE", "MATCH_RECOGNIZE");
    parser.refuse("time travel", "AT");
    parser.refuse("time travel", "BEFORE");
    parser.refuse("CHANGES", "CHANGES");
  }

  private String inTable() {
    if (in.peek().kind() == Token.Kind.STRING) {
      QualifiedName name = QualifiedName.parse(in.string());
      in.expectOperator(")");
      return named(name);
    }
    if (in.peek().kind() == Token.Kind.VARIABLE) {
      throw SqlError.unsupported("TABLE with a session variable");
    }
    String sql = functions.call();
    return sql;
  }

  private String parenthesis(boolean lateral) {
    if (parser.queries.atQuery()) {
      in.expectOperator("(");
      boolean values = in.at("VALUES");
      Query query = parser.queries.query();
      in.expectOperator(")");
      String name = values ? "VALUES" : "";
      return aliased(
          (lateral ? "LATERAL " : "") + "(" + query.sql() + ")", name, query.columns(), List.of());
    }
    in.expectOperator("(");
    String sql = "(" + from() + ")";
    in.expectOperator(")");
    if (in.at("AS") || parser.atAlias()) {
      throw SqlError.unsupported("an alias of a join in parentheses");
    }
    return sql;
  }

  /** Reads VALUES with its rows. */
  Values values() {
    in.expect("VALUES");
    List<String> rows = new ArrayList<>();
    List<Kind> kinds = new ArrayList<>();
    do {
      in.expectOperator("(");
      List<Expr> row = parser.expressions.list();
      in.expectOperator(")");
      List<String> parts = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        parts.add(row.get(i).typed());
        if (i < kinds.size()) {
          kinds.set(i, kinds.get(i).or(row.get(i).kind()));
        } else {
          kinds.add(row.get(i).kind());
        }
      }
      rows.add("(" + String.join(", ", parts) + ")");
    } while (in.acceptOperator(","));
    List<Identifier> names = new ArrayList<>();
    Map<String, Kind> columns = new LinkedHashMap<>();
    for (int i = 0; i < kinds.size(); i++) {
      names.add(new Identifier("COLUMN" + (i + 1)));
      columns.put("COLUMN" + (i + 1), kinds.get(i));
    }
    return new Values("VALUES " + String.join(", ", rows), names, columns);
  }

  private String named(QualifiedName name) {
    Map<String, Kind> columns;
    if (!name.isQualified() && parser.isCommonTable(name.name().name())) {
      columns = parser.commonTables.get(name.name().name());
    } else {
      columns = columns(name);
      requireExisting(name, columns);
    }
    return aliased(reference(name), name.name().name(), columns, List.of());
  }

  /** The DuckDB name of a table that is read or written. */
  String reference(QualifiedName name) {
    boolean common = !name.isQualified() && parser.isCommonTable(name.name().name());
    if (name.isQualified() || (parser.isQualifying() && !common)) {
      return name.resolve(parser.context.currentDatabase(), parser.context.currentSchema())
          .duckDb();
    }
    return name.name().quoted();
  }

  /** The DuckDB name of a table that must exist, for a statement that changes it. */
  String existing(QualifiedName name) {
    requireExisting(name, columns(name));
    return reference(name);
  }

  /** DuckDB must never see an unknown name: it would look for a file of that name. */
  private static void requireExisting(QualifiedName name, @Nullable Map<String, Kind> columns) {
    if (columns == null) {
      throw SqlError.missingObject(name.sql());
    }
  }

  /** The columns of a table, or null when there is no such table. */
  @Nullable Map<String, Kind> columns(QualifiedName name) {
    List<SqlContext.Column> found = parser.context.columns(name);
    if (found.isEmpty()) {
      return null;
    }
    Map<String, Kind> columns = new LinkedHashMap<>();
    for (SqlContext.Column column : found) {
      columns.put(column.name(), Kind.of(column.type()));
    }
    return columns;
  }

  /** Reads an alias and adds the source to the scope. */
  String aliased(
      String sql, String name, @Nullable Map<String, Kind> columns, List<Identifier> names) {
    String alias = name;
    boolean given = in.accept("AS");
    String list = names.isEmpty() ? "" : Queries.quoted(names);
    Map<String, Kind> output = columns;
    if (given || parser.atAlias()) {
      alias = in.identifier().name();
      given = true;
      if (in.atOperator("(")) {
        List<Identifier> own = parser.queries.names();
        list = Queries.quoted(own);
        output = renamed(columns, own);
      }
    }
    parser.scope().add(new Scope.Source(alias, output));
    if (!given && list.isEmpty()) {
      return sql;
    }
    return sql + " AS " + Identifier.quote(alias) + list;
  }

  /** The columns under new names; null when their number does not fit or they are not known. */
  static @Nullable Map<String, Kind> renamed(
      @Nullable Map<String, Kind> columns, List<Identifier> names) {
    if (names.isEmpty() || columns == null) {
      return names.isEmpty() ? columns : null;
    }
    if (columns.size() < names.size()) {
      return null;
    }
    Map<String, Kind> result = new LinkedHashMap<>();
    int i = 0;
    for (Map.Entry<String, Kind> entry : columns.entrySet()) {
      result.put(i < names.size() ? names.get(i).name() : entry.getKey(), entry.getValue());
      i++;
    }
    return result;
  }

  /** The name that one to three identifiers form. */
  static QualifiedName name(List<Identifier> parts) {
    return switch (parts.size()) {
      case 1 -> QualifiedName.of(parts.get(0));
      case 2 -> new QualifiedName(null, parts.get(0), parts.get(1));
      case 3 -> new QualifiedName(parts.get(0), parts.get(1), parts.get(2));
      default -> throw SqlError.syntax("A name of " + parts.size() + " parts.");
    };
  }

  Optional<String> engineFunction(QualifiedName name, List<String> arguments) {
    return parser.context.tableFunction(name, arguments);
  }
}
