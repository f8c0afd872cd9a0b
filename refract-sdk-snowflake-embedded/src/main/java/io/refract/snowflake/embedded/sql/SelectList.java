package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items of a SELECT. An item without an alias that is more than a column gets the text of its
 * source in upper case as label, as in Snowflake.
 */
final class SelectList {

  /** The translated items, and the columns that they give, or null when those are not known. */
  record Items(String sql, @Nullable Map<String, Kind> columns) {}

  private final Parser parser;
  private final TokenStream in;

  SelectList(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /**
   * Reads the items.
   *
   * @param anchor whether they give the types of a table that reads itself
   */
  Items items(boolean anchor) {
    List<String> parts = new ArrayList<>();
    Map<String, Kind> columns = new LinkedHashMap<>();
    boolean known = true;
    do {
      if (in.atOperator("*")) {
        in.next();
        known &= star(null, anchor, parts, columns);
      } else if (in.peek().isName() && in.peek(1).isOperator(".") && in.peek(2).isOperator("*")) {
        String table = in.identifier().name();
        in.next();
        in.next();
        known &= star(table, anchor, parts, columns);
      } else if (in.atOperator(")") || in.at("FROM") || in.atEnd()) {
        // A comma may end the list.
        if (parts.isEmpty()) {
          throw in.unexpected();
        }
        break;
      } else {
        known &= item(anchor, parts, columns);
      }
    } while (in.acceptOperator(","));
    return new Items(String.join(", ", parts), known ? columns : null);
  }

  /** Returns false when the label is there already. */
  private boolean item(boolean anchor, List<String> parts, Map<String, Kind> columns) {
    Token first = in.peek();
    int start = first.start();
    Expr value = parser.expressions.expression();
    String source = in.slice(start, in.lastEnd());
    String label;
    if (in.accept("AS")) {
      label = in.identifier().name();
    } else if (parser.atAlias()) {
      label = in.identifier().name();
    } else {
      String column = columnName(value.sql(), source);
      label = column != null ? column : source.toUpperCase(Locale.ROOT);
    }
    String sql = anchor ? widened(value) : value.typed();
    parts.add(sql + " AS " + Identifier.quote(label));
    parser.scope().alias(label, value.kind());
    parser.scope().item(value);
    return columns.putIfAbsent(label, value.kind()) == null;
  }

  /**
   * A number with 38 digits and its own scale. A table that reads itself has the types of its
   * anchor for DuckDB, where {@code 1} has one digit, so that counting would end at nine.
   */
  private static String widened(Expr value) {
    return value.kind() == Kind.NUMBER
        ? "(" + value.typed() + " + CAST(0 AS DECIMAL(38,0)))"
        : value.typed();
  }

  /** Columns as {@link #widened(Expr)}, under their names. */
  static String widened(String prefix, Map<String, Kind> columns) {
    List<String> parts = new ArrayList<>();
    columns.forEach(
        (name, kind) -> {
          String column = Identifier.quote(name);
          parts.add(widened(Expr.of(prefix + column, kind)) + " AS " + column);
        });
    return String.join(", ", parts);
  }

  /** The column's name when the item is nothing but a column. */
  private static @Nullable String columnName(String sql, String source) {
    if (!sql.startsWith("\"") || !sql.endsWith("\"") || source.startsWith("$")) {
      return null;
    }
    String name = null;
    try {
      TokenStream tokens = TokenStream.of(source);
      while (tokens.peek().isName()) {
        name = tokens.identifier().name();
        if (!tokens.acceptOperator(".")) {
          return tokens.atEnd() ? name : null;
        }
      }
    } catch (SqlError e) {
      return null;
    }
    return null;
  }

  private boolean star(
      @Nullable String table, boolean anchor, List<String> parts, Map<String, Kind> columns) {
    String all = table == null ? "*" : Identifier.quote(table) + ".*";
    StringBuilder sql = new StringBuilder(all);
    Map<String, Kind> star = parser.scope().star(table);
    boolean pattern = false;
    if (in.accept("ILIKE")) {
      sql.append(" ILIKE ").append(Expr.quote(in.string()));
      pattern = true;
    }
    List<Identifier> excluded = new ArrayList<>();
    if (in.accept("EXCLUDE")) {
      excluded.addAll(in.atOperator("(") ? parser.queries.names() : List.of(in.identifier()));
      sql.append(" EXCLUDE").append(Queries.quoted(excluded));
    }
    if (in.accept("REPLACE")) {
      sql.append(" REPLACE (").append(replacements()).append(')');
      pattern = true;
    }
    Map<String, String> renamed = new HashMap<>();
    if (in.accept("RENAME")) {
      sql.append(" RENAME (").append(renames(renamed)).append(')');
    }
    boolean bare = sql.toString().equals(all);
    String prefix = table == null ? "" : Identifier.quote(table) + ".";
    parts.add(anchor && bare && star != null ? widened(prefix, star) : sql.toString());
    if (star == null || pattern) {
      return false;
    }
    for (Map.Entry<String, Kind> entry : star.entrySet()) {
      String name = entry.getKey();
      if (!excluded.contains(new Identifier(name))) {
        parser.scope().item(Expr.of(Identifier.quote(name), entry.getValue()));
        if (columns.putIfAbsent(renamed.getOrDefault(name, name), entry.getValue()) != null) {
          return false;
        }
      }
    }
    return true;
  }

  private String replacements() {
    List<String> parts = new ArrayList<>();
    in.expectOperator("(");
    do {
      String value = parser.expressions.expression().sql();
      in.expect("AS");
      parts.add(value + " AS " + in.identifier().quoted());
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return String.join(", ", parts);
  }

  private String renames(Map<String, String> renamed) {
    List<String> parts = new ArrayList<>();
    boolean list = in.acceptOperator("(");
    do {
      Identifier from = in.identifier();
      in.expect("AS");
      Identifier to = in.identifier();
      renamed.put(from.name(), to.name());
      parts.add(from.quoted() + " AS " + to.quoted());
    } while (list && in.acceptOperator(","));
    if (list) {
      in.expectOperator(")");
    }
    return String.join(", ", parts);
  }
}
