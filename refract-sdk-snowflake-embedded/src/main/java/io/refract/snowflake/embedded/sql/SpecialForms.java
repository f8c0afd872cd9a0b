package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Functions whose parentheses hold more than expressions: date parts, EXTRACT, POSITION, SEQ. */
final class SpecialForms {

  static final Set<String> NAMES =
      Set.of(
          "EXTRACT",
          "POSITION",
          "DATEADD",
          "TIMEADD",
          "TIMESTAMPADD",
          "DATEDIFF",
          "TIMEDIFF",
          "TIMESTAMPDIFF",
          "DATE_TRUNC",
          "DATE_PART",
          "LAST_DAY",
          "SEQ1",
          "SEQ2",
          "SEQ4",
          "SEQ8",
          "OBJECT_CONSTRUCT",
          "OBJECT_CONSTRUCT_KEEP_NULL",
          "GROUPING",
          "GROUPING_ID");

  private final Parser parser;
  private final TokenStream in;

  SpecialForms(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  boolean reads(String name) {
    return NAMES.contains(name);
  }

  Expr read(String name) {
    in.expectOperator("(");
    Expr result =
        switch (name) {
          case "EXTRACT" -> {
            DatePart part = part();
            in.expect("FROM");
            yield extract(part, parser.expressions.expression());
          }
          case "DATE_PART" -> {
            DatePart part = part();
            in.expectOperator(",");
            yield extract(part, parser.expressions.expression());
          }
          case "POSITION" -> position();
          case "DATEADD", "TIMEADD", "TIMESTAMPADD" -> {
            DatePart part = part();
            in.expectOperator(",");
            Expr count = parser.expressions.expression();
            in.expectOperator(",");
            yield add(part, count, parser.expressions.expression());
          }
          case "DATEDIFF", "TIMEDIFF", "TIMESTAMPDIFF" -> {
            DatePart part = part();
            in.expectOperator(",");
            Expr from = parser.expressions.expression();
            in.expectOperator(",");
            Expr to = parser.expressions.expression();
            yield Expr.of(part.difference(Casts.moment(from), Casts.moment(to)), Kind.NUMBER);
          }
          case "DATE_TRUNC" -> {
            DatePart part = part();
            in.expectOperator(",");
            yield truncate(part, parser.expressions.expression());
          }
          case "LAST_DAY" -> lastDay();
          case "SEQ1", "SEQ2", "SEQ4", "SEQ8" -> sequence();
          case "OBJECT_CONSTRUCT" -> object(false);
          case "OBJECT_CONSTRUCT_KEEP_NULL" -> object(true);
          default -> {
            String list = Primaries.join(parser.expressions.list());
            yield Expr.of(
                name.equals("GROUPING") ? "grouping(" + list + ")" : "grouping_id(" + list + ")",
                Kind.NUMBER);
          }
        };
    in.expectOperator(")");
    return result;
  }

  private DatePart part() {
    Token token = in.next();
    if (token.kind() != Token.Kind.WORD && token.kind() != Token.Kind.STRING) {
      in.reset(in.mark() - 1);
      throw in.unexpected();
    }
    return DatePart.of(token.value().toUpperCase(Locale.ROOT));
  }

  static Expr extract(DatePart part, Expr value) {
    return Expr.of(part.extract(Casts.moment(value)), Kind.NUMBER);
  }

  static Expr truncate(DatePart part, Expr value) {
    Kind kind = value.isText() || value.isVariant() ? Kind.TIMESTAMP : value.kind();
    return Expr.of(part.truncate(Casts.moment(value)), kind);
  }

  static Expr add(DatePart part, Expr count, Expr value) {
    String moment = Casts.moment(value);
    String sql = "(" + moment + " + " + part.interval(Casts.integer(count)) + ")";
    Kind kind = value.isText() || value.isVariant() ? Kind.TIMESTAMP : value.kind();
    if (part.isClock()) {
      return Expr.of(sql, kind == Kind.DATE ? Kind.TIMESTAMP : kind);
    }
    return Expr.of("cast_to_type(" + sql + ", " + moment + ")", kind);
  }

  private Expr position() {
    Expr needle = parser.expressions.additive();
    if (in.accept("IN")) {
      Expr text = parser.expressions.expression();
      return ScalarFunctions.call("CHARINDEX", List.of(needle, text));
    }
    List<Expr> arguments = new ArrayList<>(List.of(needle));
    while (in.acceptOperator(",")) {
      arguments.add(parser.expressions.expression());
    }
    return ScalarFunctions.call("CHARINDEX", arguments);
  }

  private Expr lastDay() {
    Expr value = parser.expressions.expression();
    DatePart part = in.acceptOperator(",") ? part() : DatePart.MONTH;
    String moment = Casts.moment(value);
    String next =
        switch (part) {
          case YEAR, QUARTER, MONTH, WEEK -> part.interval("1");
          default -> throw SqlError.unsupported("LAST_DAY of " + part);
        };
    String unit = part.name().toLowerCase(Locale.ROOT);
    return Expr.of(
        "CAST(date_trunc('" + unit + "', " + moment + ") + " + next + " - to_days(1) AS DATE)",
        Kind.DATE);
  }

  private Expr sequence() {
    if (!in.atOperator(")")) {
      parser.expressions.expression();
      throw SqlError.unsupported("SEQ with an argument");
    }
    List<Scope.Source> sources = parser.scope().sources();
    if (sources.size() == 1 && isGenerator(sources.get(0).columns())) {
      String alias = sources.get(0).alias();
      String prefix = alias.equals("GENERATOR") ? "" : Identifier.quote(alias) + ".";
      return Expr.of(
          "CAST(" + prefix + "\"" + TableFunctions.SEQUENCE + "\" AS DECIMAL(19,0))", Kind.NUMBER);
    }
    return Expr.of("(row_number() OVER () - 1)", Kind.NUMBER);
  }

  private static boolean isGenerator(@Nullable Map<String, Kind> columns) {
    return columns != null && columns.containsKey(TableFunctions.SEQUENCE);
  }

  private Expr object(boolean keepNulls) {
    List<Expr> pairs = new ArrayList<>();
    if (in.acceptOperator("*")) {
      Map<String, Kind> star = parser.scope().star(null);
      if (star == null) {
        throw SqlError.unsupported("OBJECT_CONSTRUCT(*) over columns that are not known");
      }
      star.forEach(
          (name, kind) -> {
            pairs.add(Expr.text(name));
            pairs.add(Expr.of(Identifier.quote(name), kind));
          });
    } else if (!in.atOperator(")")) {
      pairs.addAll(parser.expressions.list());
    }
    return Semistructured.object(pairs, keepNulls);
  }
}
