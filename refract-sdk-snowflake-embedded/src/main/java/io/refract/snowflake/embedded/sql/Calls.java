package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Function calls, with their DISTINCT, WITHIN GROUP and OVER. */
final class Calls {

  private final Parser parser;
  private final TokenStream in;
  private final SpecialForms forms;

  Calls(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
    this.forms = new SpecialForms(parser);
  }

  /** Reads a call whose name is read and whose parenthesis follows. */
  Expr call(List<Identifier> parts, boolean quoted) {
    Identifier last = parts.get(parts.size() - 1);
    if (parts.size() > 1 || quoted) {
      return user(Tables.name(parts));
    }
    String name = last.name();
    if (forms.reads(name)) {
      return forms.read(name);
    }
    if (Aggregates.isAggregate(name) || Aggregates.isWindow(name)) {
      return aggregate(name);
    }
    if (ContextFunctions.NAMES.contains(name)) {
      return context(name);
    }
    if (!ScalarFunctions.isFunction(name) && !SpecialFunctions.isFunction(name)) {
      return user(QualifiedName.of(last));
    }
    List<Expr> arguments = arguments();
    refuseWindow(name);
    return SpecialFunctions.isFunction(name)
        ? SpecialFunctions.call(name, arguments)
        : ScalarFunctions.call(name, arguments);
  }

  private Expr context(String name) {
    in.expectOperator("(");
    if (name.equals("LAST_QUERY_ID") && !in.atOperator(")")) {
      boolean fromLast = in.acceptOperator("-");
      int number = in.integer();
      in.expectOperator(")");
      String id = parser.context.queryId(fromLast ? -number : number);
      return Expr.of(id == null ? "CAST(NULL AS VARCHAR)" : Expr.quote(id), Kind.TEXT);
    }
    if (ContextFunctions.takesPrecision(name) && in.peek().kind() == Token.Kind.NUMBER) {
      in.integer();
    }
    in.expectOperator(")");
    return ContextFunctions.call(name, parser.context);
  }

  /** Reads arguments in parentheses. */
  List<Expr> arguments() {
    in.expectOperator("(");
    List<Expr> arguments = in.atOperator(")") ? List.of() : parser.expressions.list();
    if (in.atOperator("=>")) {
      throw SqlError.unsupported("arguments by name");
    }
    in.expectOperator(")");
    return arguments;
  }

  private void refuseWindow(String name) {
    if (in.at("OVER")) {
      throw SqlError.unsupported("OVER of the function " + name);
    }
  }

  private Expr user(QualifiedName name) {
    int mark = in.mark();
    List<Expr> arguments;
    if (in.peek(1).isOperator("*")) {
      throw SqlError.unknownFunction(name.sql());
    }
    arguments = arguments();
    String target =
        parser
            .context
            .userFunction(name, arguments.size())
            .orElseThrow(
                () -> {
                  in.reset(mark);
                  return name.isQualified()
                      ? SqlError.of(
                          "002141",
                          "42601",
                          "SQL compilation error:\nUnknown user-defined function " + name.sql())
                      : SqlError.unknownFunction(name.sql());
                });
    refuseWindow(name.sql());
    List<String> parts = new ArrayList<>();
    for (Expr argument : arguments) {
      parts.add(argument.typed());
    }
    return Expr.of(target + "(" + String.join(", ", parts) + ")", Kind.UNKNOWN);
  }

  private Expr aggregate(String name) {
    in.expectOperator("(");
    boolean distinct = in.accept("DISTINCT");
    if (!distinct) {
      in.accept("ALL");
    }
    boolean star = in.acceptOperator("*");
    List<Expr> arguments = star || in.atOperator(")") ? List.of() : parser.expressions.list();
    if (star && distinct) {
      arguments = columns(name);
      star = false;
    }
    String nulls = nulls();
    in.expectOperator(")");
    if (nulls == null) {
      nulls = nulls();
    }
    String within = "";
    if (in.accept("WITHIN", "GROUP")) {
      in.expectOperator("(");
      within = parser.queries.orderBy();
      in.expectOperator(")");
    }
    parser.refuse("FILTER of an aggregate", "FILTER");
    String over = in.at("OVER") ? over(Aggregates.spansPartition(name)) : "";
    return Aggregates.call(
        new Aggregates.Call(name, arguments, star, distinct, nulls, within, over));
  }

  /** The columns that the star of {@code COUNT(DISTINCT *)} stands for. */
  private List<Expr> columns(String function) {
    List<Expr> columns = new ArrayList<>();
    Map<String, Kind> star = parser.scope().star(null);
    if (star == null || star.isEmpty()) {
      throw SqlError.unsupported(function + "(DISTINCT *) of columns that are not known");
    }
    star.forEach((column, kind) -> columns.add(Expr.of(Identifier.quote(column), kind)));
    return columns;
  }

  private @Nullable String nulls() {
    if (in.accept("IGNORE", "NULLS")) {
      return " IGNORE NULLS";
    }
    if (in.accept("RESPECT", "NULLS")) {
      return "";
    }
    return null;
  }

  /** Reads OVER (...). */
  private String over(boolean spansPartition) {
    in.expect("OVER");
    in.expectOperator("(");
    StringBuilder sql = new StringBuilder(" OVER (");
    if (in.accept("PARTITION", "BY")) {
      sql.append("PARTITION BY ").append(Primaries.join(parser.expressions.list()));
    }
    String order = parser.queries.orderBy();
    sql.append(order);
    if (in.atAny("ROWS", "RANGE", "GROUPS")) {
      sql.append(' ').append(frame());
    } else if (spansPartition && !order.isEmpty()) {
      // FIRST_VALUE, LAST_VALUE and NTH_VALUE see the whole partition by default.
      sql.append(" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
    }
    in.expectOperator(")");
    return sql.append(')').toString();
  }

  private String frame() {
    String unit = in.next().value();
    if (unit.equals("GROUPS")) {
      throw SqlError.unsupported("GROUPS frame");
    }
    if (in.accept("BETWEEN")) {
      String start = bound();
      in.expect("AND");
      return unit + " BETWEEN " + start + " AND " + bound();
    }
    return unit + " " + bound();
  }

  private String bound() {
    if (in.accept("CURRENT", "ROW")) {
      return "CURRENT ROW";
    }
    String amount;
    if (in.accept("UNBOUNDED")) {
      amount = "UNBOUNDED";
    } else if (in.at("INTERVAL") && in.peek(1).kind() == Token.Kind.STRING) {
      throw SqlError.unsupported("RANGE frame with an interval");
    } else {
      amount = String.valueOf(in.integer());
    }
    if (in.accept("PRECEDING")) {
      return amount + " PRECEDING";
    }
    in.expect("FOLLOWING");
    return amount + " FOLLOWING";
  }
}
