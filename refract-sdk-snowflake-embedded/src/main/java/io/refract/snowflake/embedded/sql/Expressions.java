package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/** Operators and predicates, by precedence. Source: Snowflake documentation, "Query operators". */
final class Expressions {

  private final Parser parser;
  private final TokenStream in;

  Expressions(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /** Reads any expression. */
  Expr expression() {
    Expr left = conjunction();
    while (in.accept("OR")) {
      left = bool("(" + Casts.truth(left) + " OR " + Casts.truth(conjunction()) + ")");
    }
    return left;
  }

  /** Reads expressions with commas between them, at least one. */
  List<Expr> list() {
    List<Expr> all = new ArrayList<>();
    do {
      all.add(expression());
    } while (in.acceptOperator(","));
    return all;
  }

  private Expr conjunction() {
    Expr left = negation();
    while (in.accept("AND")) {
      left = bool("(" + Casts.truth(left) + " AND " + Casts.truth(negation()) + ")");
    }
    return left;
  }

  private Expr negation() {
    if (in.accept("NOT")) {
      return bool("(NOT " + Casts.truth(negation()) + ")");
    }
    return predicate();
  }

  private Expr predicate() {
    Expr left = additive();
    while (true) {
      Token token = in.peek();
      if (token.kind() == Token.Kind.OPERATOR) {
        String operator = comparison(token.text());
        if (operator == null) {
          return left;
        }
        in.next();
        left = compared(left, operator);
      } else if (in.accept("IS")) {
        left = is(left);
      } else {
        boolean not = in.at("NOT");
        Token word = in.peek(not ? 1 : 0);
        if (word.isWord("BETWEEN")) {
          skip(not);
          left = between(left, not);
        } else if (word.isWord("IN")) {
          skip(not);
          left = in(left, not);
        } else if (word.isWord("LIKE") || word.isWord("ILIKE")) {
          skip(not);
          left = like(left, word.value(), not);
        } else if (word.isWord("RLIKE") || word.isWord("REGEXP")) {
          skip(not);
          Expr pattern = additive();
          String call =
              "__sf_regexp_like(" + Casts.text(left) + ", " + Casts.text(pattern) + ", '')";
          left = bool((not ? "(NOT CAST(" : "(CAST(") + call + " AS BOOLEAN))");
        } else {
          return left;
        }
      }
    }
  }

  private void skip(boolean not) {
    in.next();
    if (not) {
      in.next();
    }
  }

  private static @org.jspecify.annotations.Nullable String comparison(String operator) {
    return switch (operator) {
      case "=", "<", ">", "<=", ">=", "<>" -> operator;
      case "!=" -> "<>";
      default -> null;
    };
  }

  private Expr compared(Expr left, String operator) {
    if (in.atAny("ANY", "ALL", "SOME") && in.peek(1).isOperator("(")) {
      String quantifier = in.next().value();
      in.expectOperator("(");
      String query = parser.queries.query().sql();
      in.expectOperator(")");
      return bool(
          "("
              + left.sql()
              + " "
              + operator
              + " "
              + (quantifier.equals("ALL") ? "ALL" : "ANY")
              + " ("
              + query
              + "))");
    }
    return Comparisons.compare(left, operator, additive());
  }

  private Expr is(Expr left) {
    String not = in.accept("NOT") ? " NOT" : "";
    if (in.accept("NULL")) {
      return bool("(" + left.sql() + " IS" + not + " NULL)");
    }
    if (in.accept("TRUE")) {
      return bool("(" + Casts.truth(left) + " IS" + not + " TRUE)");
    }
    if (in.accept("FALSE")) {
      return bool("(" + Casts.truth(left) + " IS" + not + " FALSE)");
    }
    if (in.accept("DISTINCT", "FROM")) {
      return Comparisons.compare(left, "IS" + not + " DISTINCT FROM", additive());
    }
    throw in.unexpected();
  }

  private Expr between(Expr value, boolean not) {
    Expr low = additive();
    in.expect("AND");
    Expr high = additive();
    String sql = Comparisons.between(value, low, high).sql();
    return bool(not ? "(NOT " + sql + ")" : sql);
  }

  private Expr in(Expr value, boolean not) {
    String operator = not ? " NOT IN " : " IN ";
    in.expectOperator("(");
    if (parser.queries.atQuery()) {
      String query = parser.queries.query().sql();
      in.expectOperator(")");
      String left = value.isVariant() ? Casts.text(value) : value.sql();
      return bool("(" + left + operator + "(" + query + "))");
    }
    List<Expr> values = list();
    in.expectOperator(")");
    return Comparisons.in(value, not, values);
  }

  private Expr like(Expr value, String word, boolean not) {
    String left = Casts.text(value);
    String all = null;
    List<Expr> patterns = new ArrayList<>();
    if (in.atAny("ANY", "ALL")) {
      all = in.next().value();
      in.expectOperator("(");
      patterns.addAll(list());
      in.expectOperator(")");
    } else {
      patterns.add(additive());
    }
    String escape = "";
    if (in.accept("ESCAPE")) {
      Expr character = additive();
      escape = " ESCAPE " + Casts.text(character);
    }
    List<String> parts = new ArrayList<>();
    for (Expr pattern : patterns) {
      parts.add("(" + left + " " + word + " " + Casts.text(pattern) + escape + ")");
    }
    String sql = "(" + String.join("ALL".equals(all) ? " AND " : " OR ", parts) + ")";
    return bool(not ? "(NOT " + sql + ")" : sql);
  }

  /** Reads sums and concatenations. */
  Expr additive() {
    Expr left = multiplicative();
    while (true) {
      if (in.acceptOperator("||")) {
        left = Arithmetic.concatenate(left, multiplicative());
      } else if (in.acceptOperator("+")) {
        left = addend(left, "+");
      } else if (in.acceptOperator("-")) {
        left = addend(left, "-");
      } else {
        return left;
      }
    }
  }

  private Expr addend(Expr left, String operator) {
    if (in.at("INTERVAL") && in.peek(1).kind() == Token.Kind.STRING) {
      in.next();
      return Intervals.add(left, operator, in.string());
    }
    return Arithmetic.add(left, operator, multiplicative());
  }

  private Expr multiplicative() {
    Expr left = unary();
    while (true) {
      if (in.acceptOperator("*")) {
        left = Arithmetic.multiply(left, unary());
      } else if (in.acceptOperator("/")) {
        left = Arithmetic.divide(left, unary());
      } else if (in.acceptOperator("%")) {
        left = Arithmetic.modulo(left, unary());
      } else {
        return left;
      }
    }
  }

  private Expr unary() {
    if (in.acceptOperator("-")) {
      Expr operand = unary();
      if (operand.isIntegerLiteral()
          && operand.literal() != null
          && !operand.sql().startsWith("-")) {
        return Expr.number("-" + operand.literal(), 0);
      }
      return new Expr(
          "(-" + Casts.numeric(operand) + ")",
          operand.kind() == Kind.NUMBER
              ? Kind.NUMBER
              : operand.isText() ? Kind.FLOAT : operand.kind(),
          operand.scale(),
          null);
    }
    if (in.acceptOperator("+")) {
      return unary();
    }
    return parser.primaries.postfix();
  }

  static Expr bool(String sql) {
    return Expr.of(sql, Kind.BOOLEAN);
  }
}
