package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queries: WITH, SELECT, VALUES, set operations, ORDER BY and LIMIT. Source: "Query syntax". */
final class Queries {

  private final Parser parser;
  private final TokenStream in;
  private final SelectList selectList;

  /** Whether the next SELECT or VALUES gives the types of a table that reads itself. */
  private boolean anchors;

  Queries(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
    this.selectList = new SelectList(parser);
  }

  /** Tells whether a query starts here, through any parentheses. */
  boolean atQuery() {
    int ahead = 0;
    while (in.peek(ahead).isOperator("(")) {
      ahead++;
    }
    Token token = in.peek(ahead);
    return token.isWord("SELECT")
        || token.isWord("WITH")
        || (token.isWord("VALUES") && in.peek(ahead + 1).isOperator("("));
  }

  /** Reads a whole query. */
  Query query() {
    Parser.CommonTables outer = parser.commonTablesInSight();
    String with = in.at("WITH") ? with() : "";
    Scope before = parser.enter(new Scope(currentScope()));
    Query body = setOperation(0);
    String text = body.sql();
    if (in.at("ORDER", "BY") && text.startsWith("(")) {
      // DuckDB orders a set operation by its columns only, a query over it by any expression.
      text = "SELECT * FROM (" + text + ")";
    }
    String tail = orderBy() + RowLimit.read(parser);
    parser.enter(before);
    parser.restore(outer);
    return new Query(with + text + tail, body.columns());
  }

  private Scope currentScope() {
    return parser.scope();
  }

  private String with() {
    in.expect("WITH");
    boolean outer = anchors;
    boolean recursive = in.accept("RECURSIVE");
    List<String> parts = new ArrayList<>();
    do {
      Identifier name = in.identifier();
      List<Identifier> names = in.atOperator("(") ? names() : List.of();
      in.expect("AS");
      in.expectOperator("(");
      // A common table may read itself; its columns are then still unknown.
      boolean self = readsItself(name.name());
      recursive |= self;
      if (self) {
        parser.defineCommonTable(name.name(), null);
      }
      anchors = self;
      Query query = query();
      anchors = false;
      in.expectOperator(")");
      parser.defineCommonTable(name.name(), Tables.renamed(query.columns(), names));
      String list = names.isEmpty() ? "" : quoted(names);
      parts.add(name.quoted() + list + " AS (" + query.sql() + ")");
    } while (in.acceptOperator(","));
    anchors = outer;
    return "WITH " + (recursive ? "RECURSIVE " : "") + String.join(", ", parts) + " ";
  }

  /** Looks for the name behind a UNION in the parenthesis that is just open. */
  private boolean readsItself(String name) {
    int depth = 1;
    boolean union = false;
    for (int i = 0; depth > 0; i++) {
      Token token = in.peek(i);
      if (token.kind() == Token.Kind.END) {
        return false;
      } else if (token.isOperator("(")) {
        depth++;
      } else if (token.isOperator(")")) {
        depth--;
      } else if (token.isWord("UNION")) {
        union = true;
      } else if (union && token.isName() && token.value().equals(name)) {
        return true;
      }
    }
    return false;
  }

  List<Identifier> names() {
    List<Identifier> names = new ArrayList<>();
    in.expectOperator("(");
    do {
      names.add(in.identifier());
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return names;
  }

  static String quoted(List<Identifier> names) {
    List<String> parts = new ArrayList<>();
    for (Identifier name : names) {
      parts.add(name.quoted());
    }
    return " (" + String.join(", ", parts) + ")";
  }

  /** UNION, EXCEPT and MINUS bind alike, INTERSECT binds closer. */
  private Query setOperation(int level) {
    Query left = level == 0 ? setOperation(1) : operand();
    while (true) {
      String operator;
      if (level == 1 && in.accept("INTERSECT")) {
        operator = "INTERSECT";
      } else if (level == 0 && in.accept("UNION")) {
        operator = "UNION";
      } else if (level == 0 && (in.accept("EXCEPT") || in.accept("MINUS"))) {
        operator = "EXCEPT";
      } else {
        return left;
      }
      if (in.accept("ALL")) {
        if (!operator.equals("UNION")) {
          throw SqlError.unsupported(operator + " ALL");
        }
        operator = "UNION ALL";
      } else {
        in.accept("DISTINCT");
      }
      parser.refuse("UNION BY NAME", "BY", "NAME");
      parser.enter(new Scope(parser.scope().parent()));
      Query right = level == 0 ? setOperation(1) : operand();
      Map<String, Kind> columns = merge(left.columns(), right.columns());
      Scope scope = new Scope(parser.scope().parent());
      if (columns != null) {
        columns.forEach(
            (name, kind) -> {
              scope.alias(name, kind);
              scope.item(Expr.of(Identifier.quote(name), kind));
            });
      }
      parser.enter(scope);
      left = new Query("(" + left.sql() + ") " + operator + " (" + right.sql() + ")", columns);
    }
  }

  private static @Nullable Map<String, Kind> merge(
      @Nullable Map<String, Kind> left, @Nullable Map<String, Kind> right) {
    if (left == null || right == null || left.size() != right.size()) {
      return null;
    }
    Map<String, Kind> merged = new LinkedHashMap<>();
    List<Kind> kinds = List.copyOf(right.values());
    int i = 0;
    for (Map.Entry<String, Kind> entry : left.entrySet()) {
      merged.put(entry.getKey(), entry.getValue().or(kinds.get(i++)));
    }
    return merged;
  }

  private Query operand() {
    if (in.acceptOperator("(")) {
      Query query = query();
      in.expectOperator(")");
      Map<String, Kind> columns = query.columns();
      if (columns != null) {
        columns.forEach(parser.scope()::alias);
      }
      return new Query("(" + query.sql() + ")", columns);
    }
    if (in.at("VALUES")) {
      boolean anchor = anchors;
      anchors = false;
      Tables.Values values = parser.tables.values();
      String all = anchor ? SelectList.widened("", values.columns()) : "*";
      return new Query(
          "SELECT " + all + " FROM (" + values.sql() + ") AS \"VALUES\"" + quoted(values.names()),
          values.columns());
    }
    return select();
  }

  private Query select() {
    in.expect("SELECT");
    boolean anchor = anchors;
    anchors = false;
    String quantifier = "";
    if (in.accept("DISTINCT")) {
      quantifier = "DISTINCT ";
    } else {
      in.accept("ALL");
    }
    String top = "";
    if (in.at("TOP") && in.peek(1).kind() == Token.Kind.NUMBER) {
      in.next();
      top = " LIMIT " + in.integer();
    }
    int items = in.mark();
    String from = "";
    int behind = -1;
    if (skipToFrom()) {
      in.expect("FROM");
      from = " FROM " + parser.tables.from();
      behind = in.mark();
    }
    in.reset(items);
    SelectList.Items list = selectList.items(anchor);
    if (behind >= 0) {
      in.expect("FROM");
      in.reset(behind);
    }
    StringBuilder sql =
        new StringBuilder("SELECT ").append(quantifier).append(list.sql()).append(from);
    refuseClauses();
    if (in.accept("WHERE")) {
      sql.append(" WHERE ").append(Casts.truth(parser.expressions.expression()));
    }
    parser.refuse("CONNECT BY", "START", "WITH");
    parser.refuse("CONNECT BY", "CONNECT", "BY");
    if (in.accept("GROUP", "BY")) {
      sql.append(" GROUP BY ").append(groupBy());
    }
    if (in.accept("HAVING")) {
      sql.append(" HAVING ").append(Casts.truth(parser.expressions.expression()));
    }
    if (in.accept("QUALIFY")) {
      sql.append(" QUALIFY ").append(Casts.truth(parser.expressions.expression()));
    }
    if (!top.isEmpty()) {
      sql.append(orderBy()).append(top);
    }
    return new Query(sql.toString(), list.columns());
  }

  private void refuseClauses() {
    parser.refuse("MATCH_RECOGNIZE", "MATCH_RECOGNIZE");
    parser.refuse("PIVOT", "PIVOT");
    parser.refuse("UNPIVOT", "UNPIVOT");
    parser.refuse("SELECT INTO", "INTO");
    parser.refuse("FOR UPDATE", "FOR", "UPDATE");
  }

  /** Goes to the FROM of this SELECT; false when it has none. */
  boolean skipToFrom() {
    int depth = 0;
    while (true) {
      Token token = in.peek();
      if (token.kind() == Token.Kind.END || token.isOperator(";")) {
        return false;
      }
      if (token.isOperator("(") || token.isOperator("[") || token.isOperator("{")) {
        depth++;
      } else if (token.isOperator(")") || token.isOperator("]") || token.isOperator("}")) {
        if (depth == 0) {
          return false;
        }
        depth--;
      } else if (depth == 0) {
        if (token.isWord("FROM")) {
          return true;
        }
        if (in.at("DISTINCT", "FROM")) {
          in.next();
        } else if (in.atAny("UNION", "INTERSECT", "EXCEPT", "MINUS", "WHERE", "ORDER", "LIMIT")) {
          return false;
        }
      }
      in.next();
    }
  }

  private String groupBy() {
    if (in.accept("ALL")) {
      return "ALL";
    }
    List<String> parts = new ArrayList<>();
    do {
      if (in.accept("GROUPING", "SETS")) {
        in.expectOperator("(");
        List<String> sets = new ArrayList<>();
        do {
          sets.add(groupingSet());
        } while (in.acceptOperator(","));
        in.expectOperator(")");
        parts.add("GROUPING SETS (" + String.join(", ", sets) + ")");
      } else if (in.atAny("CUBE", "ROLLUP") && in.peek(1).isOperator("(")) {
        String word = in.next().value();
        in.expectOperator("(");
        String list = Primaries.join(parser.expressions.list());
        in.expectOperator(")");
        parts.add(word + " (" + list + ")");
      } else {
        parts.add(parser.expressions.expression().sql());
      }
    } while (in.acceptOperator(","));
    return String.join(", ", parts);
  }

  private String groupingSet() {
    if (in.acceptOperator("(")) {
      String list = in.atOperator(")") ? "" : Primaries.join(parser.expressions.list());
      in.expectOperator(")");
      return "(" + list + ")";
    }
    return parser.expressions.expression().sql();
  }

  /** Reads ORDER BY when it follows; NULLs are last when ascending, first when descending. */
  String orderBy() {
    if (!in.accept("ORDER", "BY")) {
      return "";
    }
    if (in.accept("ALL")) {
      boolean descending = in.accept("DESC");
      return " ORDER BY ALL" + (descending ? " DESC NULLS FIRST" : " ASC NULLS LAST");
    }
    List<String> parts = new ArrayList<>();
    do {
      Expr key = positioned(parser.expressions.expression());
      boolean descending = in.accept("DESC");
      if (!descending) {
        in.accept("ASC");
      }
      String nulls = descending ? "FIRST" : "LAST";
      if (in.accept("NULLS")) {
        nulls = in.accept("FIRST") ? "FIRST" : "LAST";
        if (nulls.equals("LAST")) {
          in.expect("LAST");
        }
      }
      String sql = key.isVariant() ? Casts.convert("SORT", key, "", false) : key.sql();
      parts.add(sql + (descending ? " DESC" : " ASC") + " NULLS " + nulls);
    } while (in.acceptOperator(","));
    return " ORDER BY " + String.join(", ", parts);
  }

  /** A position that means a VARIANT becomes its expression: JSON does not sort by its text. */
  private Expr positioned(Expr key) {
    if (!key.isIntegerLiteral()) {
      return key;
    }
    // DuckDB refuses a position that no list has.
    int position = key.sql().length() < 10 ? Integer.parseInt(key.sql()) : 0;
    Expr item = parser.scope().item(position);
    return item != null && item.isVariant() ? item : key;
  }
}
