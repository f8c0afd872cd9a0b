package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Functions whose translation depends on more than the number of their arguments. */
final class SpecialFunctions {

  private static final Map<String, DatePart> PARTS =
      Map.ofEntries(
          Map.entry("YEAR", DatePart.YEAR),
          Map.entry("QUARTER", DatePart.QUARTER),
          Map.entry("MONTH", DatePart.MONTH),
          Map.entry("WEEK", DatePart.WEEK),
          Map.entry("WEEKOFYEAR", DatePart.WEEK),
          Map.entry("WEEKISO", DatePart.WEEKISO),
          Map.entry("DAY", DatePart.DAY),
          Map.entry("DAYOFMONTH", DatePart.DAY),
          Map.entry("DAYOFWEEK", DatePart.DAYOFWEEK),
          Map.entry("DAYOFWEEKISO", DatePart.DAYOFWEEKISO),
          Map.entry("DAYOFYEAR", DatePart.DAYOFYEAR),
          Map.entry("YEAROFWEEK", DatePart.YEAROFWEEK),
          Map.entry("YEAROFWEEKISO", DatePart.YEAROFWEEKISO),
          Map.entry("HOUR", DatePart.HOUR),
          Map.entry("MINUTE", DatePart.MINUTE),
          Map.entry("SECOND", DatePart.SECOND));

  /** The first letters of the days, from Sunday as DuckDB counts them. */
  private static final List<String> WEEKDAYS = List.of("SU", "MO", "TU", "WE", "TH", "FR", "SA");

  private static final Set<String> NAMES =
      Set.of(
          "COALESCE",
          "NULLIF",
          "DECODE",
          "DIV0",
          "DIV0NULL",
          "EQUAL_NULL",
          "GREATEST",
          "LEAST",
          "GREATEST_IGNORE_NULLS",
          "LEAST_IGNORE_NULLS",
          "CONCAT",
          "CONCAT_WS",
          "LENGTH",
          "LEN",
          "MOD",
          "ROUND",
          "TRUNC",
          "TRUNCATE",
          "ADD_MONTHS",
          "NEXT_DAY",
          "PREVIOUS_DAY",
          "HEX_ENCODE",
          "BASE64_ENCODE",
          "UNIFORM",
          "GET",
          "ARRAY_CONSTRUCT",
          "ARRAY_CONSTRUCT_COMPACT",
          "OBJECT_INSERT",
          "OBJECT_PICK");

  private SpecialFunctions() {}

  static boolean isFunction(String name) {
    return NAMES.contains(name) || PARTS.containsKey(name) || Conversions.isFunction(name);
  }

  static Set<String> names() {
    Set<String> names = new TreeSet<>(NAMES);
    names.addAll(PARTS.keySet());
    names.addAll(Conversions.names());
    return names;
  }

  static Expr call(String name, List<Expr> a) {
    if (Conversions.isFunction(name)) {
      return Conversions.call(name, a);
    }
    DatePart part = PARTS.get(name);
    if (part != null) {
      arity(name, a, 1, 1);
      return SpecialForms.extract(part, a.get(0));
    }
    return switch (name) {
      case "COALESCE" -> {
        arity(name, a, 2, Integer.MAX_VALUE);
        Unified unified = Unified.of(a);
        yield Expr.of("coalesce(" + String.join(", ", unified.sql()) + ")", unified.kind());
      }
      case "NULLIF" -> {
        arity(name, a, 2, 2);
        String equal = Comparisons.compare(a.get(0), "=", a.get(1)).sql();
        yield Expr.of(
            "(CASE WHEN " + equal + " THEN NULL ELSE " + a.get(0).typed() + " END)",
            a.get(0).kind());
      }
      case "DECODE" -> decode(a);
      case "DIV0", "DIV0NULL" -> {
        arity(name, a, 2, 2);
        Expr quotient = Arithmetic.divide(a.get(0), a.get(1));
        String divisor = Casts.numeric(a.get(1));
        String zero =
            divisor + " = 0" + (name.equals("DIV0NULL") ? " OR " + divisor + " IS NULL" : "");
        yield Expr.of(
            "(CASE WHEN "
                + Casts.numeric(a.get(0))
                + " IS NULL THEN NULL WHEN "
                + zero
                + " THEN 0 ELSE "
                + quotient.sql()
                + " END)",
            quotient.kind());
      }
      case "EQUAL_NULL" -> {
        arity(name, a, 2, 2);
        yield Comparisons.compare(a.get(0), "IS NOT DISTINCT FROM", a.get(1));
      }
      case "GREATEST", "LEAST" -> extreme(name, a);
      case "GREATEST_IGNORE_NULLS" -> extremeOfPresent("greatest", a);
      case "LEAST_IGNORE_NULLS" -> extremeOfPresent("least", a);
      case "CONCAT" -> {
        arity(name, a, 1, Integer.MAX_VALUE);
        Expr all = Expr.of(Casts.text(a.get(0)), Kind.TEXT);
        for (Expr e : a.subList(1, a.size())) {
          all = Arithmetic.concatenate(all, e);
        }
        yield all;
      }
      case "CONCAT_WS" -> {
        arity(name, a, 2, Integer.MAX_VALUE);
        List<String> parts = new ArrayList<>();
        for (Expr e : a.subList(1, a.size())) {
          parts.add(Casts.text(e));
        }
        String separator = " || " + Casts.text(a.get(0)) + " || ";
        yield Expr.of("(" + String.join(separator, parts) + ")", Kind.TEXT);
      }
      case "LENGTH", "LEN" -> {
        arity(name, a, 1, 1);
        Expr e = a.get(0);
        yield Expr.of(
            e.kind() == Kind.BINARY
                ? "octet_length(" + e.sql() + ")"
                : "length(" + Casts.text(e) + ")",
            Kind.NUMBER);
      }
      case "MOD" -> {
        arity(name, a, 2, 2);
        yield Arithmetic.modulo(a.get(0), a.get(1));
      }
      case "ROUND", "TRUNC", "TRUNCATE" -> rounded(name, a);
      case "ADD_MONTHS" -> {
        arity(name, a, 2, 2);
        // The last day of a month stays a last day.
        String moment = Casts.moment(a.get(0));
        String sum =
            "(" + moment + " + to_months(CAST(" + Casts.integer(a.get(1)) + " AS INTEGER)))";
        Kind kind = a.get(0).isText() ? Kind.TIMESTAMP : a.get(0).kind();
        yield Expr.of(
            "cast_to_type(CASE WHEN CAST("
                + moment
                + " AS DATE) = last_day("
                + moment
                + ") THEN last_day("
                + sum
                + ") + ("
                + sum
                + " - CAST("
                + sum
                + " AS DATE)) ELSE "
                + sum
                + " END, "
                + moment
                + ")",
            kind);
      }
      case "NEXT_DAY", "PREVIOUS_DAY" -> weekday(name, a);
      case "HEX_ENCODE" -> {
        arity(name, a, 1, 1);
        yield Expr.of("hex(" + bytes(a.get(0)) + ")", Kind.TEXT);
      }
      case "BASE64_ENCODE" -> {
        arity(name, a, 1, 1);
        yield Expr.of("to_base64(" + bytes(a.get(0)) + ")", Kind.TEXT);
      }
      case "UNIFORM" -> uniform(a);
      case "GET" -> {
        arity(name, a, 2, 2);
        yield Primaries.element(a.get(0), a.get(1));
      }
      case "ARRAY_CONSTRUCT" -> Semistructured.array(a);
      case "ARRAY_CONSTRUCT_COMPACT" -> Semistructured.compactArray(a);
      case "OBJECT_INSERT" -> objectInsert(a);
      case "OBJECT_PICK" -> {
        arity(name, a, 2, Integer.MAX_VALUE);
        Expr keys =
            a.size() == 2 && a.get(1).isVariant()
                ? a.get(1)
                : Semistructured.array(a.subList(1, a.size()));
        yield Expr.of(
            "CAST(__sf_json('PICK', CAST("
                + Casts.variant(a.get(0))
                + " AS VARCHAR), CAST("
                + keys.sql()
                + " AS VARCHAR), '') AS JSON)",
            Kind.VARIANT);
      }
      default -> throw SqlError.unknownFunction(name);
    };
  }

  private static Expr objectInsert(List<Expr> a) {
    arity("OBJECT_INSERT", a, 3, 4);
    String update = "FALSE";
    if (a.size() == 4) {
      update = a.get(3).sql();
    }
    if (!update.equals("TRUE") && !update.equals("FALSE")) {
      throw SqlError.unsupported("OBJECT_INSERT with a flag that is no constant");
    }
    return Expr.of(
        "CAST(__sf_json('"
            + (update.equals("TRUE") ? "UPDATE" : "INSERT")
            + "', CAST("
            + Casts.variant(a.get(0))
            + " AS VARCHAR), "
            + Casts.text(a.get(1))
            + ", CAST("
            + Casts.variant(a.get(2))
            + " AS VARCHAR)) AS JSON)",
        Kind.VARIANT);
  }

  private static Expr decode(List<Expr> a) {
    arity("DECODE", a, 3, Integer.MAX_VALUE);
    // Unlike CASE, DECODE finds NULL equal to NULL.
    Choice choice = new Choice(a.get(0), "IS NOT DISTINCT FROM");
    int i = 1;
    for (; i + 1 < a.size(); i += 2) {
      choice.when(a.get(i), a.get(i + 1));
    }
    return choice.otherwise(i < a.size() ? a.get(i) : null);
  }

  private static Expr extreme(String name, List<Expr> a) {
    arity(name, a, 1, Integer.MAX_VALUE);
    Unified unified = Unified.of(a);
    if (unified.kind() == Kind.VARIANT) {
      throw SqlError.unsupported(name + " of VARIANT values; cast them");
    }
    List<String> nulls = new ArrayList<>();
    for (String each : unified.sql()) {
      nulls.add(each + " IS NULL");
    }
    return Expr.of(
        "(CASE WHEN "
            + String.join(" OR ", nulls)
            + " THEN NULL ELSE "
            + name.toLowerCase(Locale.ROOT)
            + "("
            + String.join(", ", unified.sql())
            + ") END)",
        unified.kind());
  }

  private static Expr extremeOfPresent(String function, List<Expr> a) {
    Unified unified = Unified.of(a);
    if (unified.kind() == Kind.VARIANT) {
      throw SqlError.unsupported(function + " of VARIANT values; cast them");
    }
    return Expr.of(function + "(" + String.join(", ", unified.sql()) + ")", unified.kind());
  }

  private static Expr rounded(String name, List<Expr> a) {
    arity(name, a, 1, 2);
    Expr value = a.get(0);
    if (!name.equals("ROUND")
        && (value.kind().isTemporal() || (a.size() == 2 && a.get(1).isText()))) {
      String word = a.size() == 2 ? a.get(1).literal() : "DAY";
      if (word == null) {
        throw SqlError.unsupported("TRUNC to a part that is no constant");
      }
      return SpecialForms.truncate(DatePart.of(word.toUpperCase(Locale.ROOT)), value);
    }
    String number = Casts.numeric(value);
    Kind kind = value.isText() || value.isVariant() ? Kind.FLOAT : value.kind();
    String digits = a.size() == 2 ? Casts.integer(a.get(1)) : "0";
    if (name.equals("ROUND")) {
      String sql =
          a.size() == 1
              ? "round(" + number + ")"
              : "round(" + number + ", CAST(" + digits + " AS INTEGER))";
      if (a.size() == 2 && a.get(1).isIntegerLiteral()) {
        sql = "round(" + number + ", " + digits + ")";
      }
      return Expr.of(sql, kind);
    }
    if (a.size() == 1) {
      return Expr.of("trunc(" + number + ")", kind);
    }
    return Expr.of(
        "cast_to_type(__sf_trunc(CAST("
            + number
            + " AS VARCHAR), CAST("
            + digits
            + " AS VARCHAR)), "
            + number
            + ")",
        kind);
  }

  private static Expr weekday(String name, List<Expr> a) {
    arity(name, a, 2, 2);
    String day = a.get(1).literal();
    if (day == null) {
      throw SqlError.unsupported(name + " with a day that is no constant");
    }
    // The first two letters count, as in the documentation of NEXT_DAY.
    String word = day.strip().toUpperCase(Locale.ROOT);
    int number = word.length() < 2 ? -1 : WEEKDAYS.indexOf(word.substring(0, 2));
    if (number < 0) {
      throw SqlError.of(
          "001044", "42P13", "SQL compilation error:\n'" + day + "' is not a valid day of week.");
    }
    String date = "CAST(" + Casts.moment(a.get(0)) + " AS DATE)";
    String sql =
        name.equals("NEXT_DAY")
            ? date + " + CAST((" + number + " - dayofweek(" + date + ") + 6) % 7 + 1 AS INTEGER)"
            : date + " - CAST((dayofweek(" + date + ") - " + number + " + 6) % 7 + 1 AS INTEGER)";
    return Expr.of("(" + sql + ")", Kind.DATE);
  }

  private static Expr uniform(List<Expr> a) {
    arity("UNIFORM", a, 3, 3);
    if (!a.get(0).isIntegerLiteral() || !a.get(1).isIntegerLiteral()) {
      throw SqlError.unsupported("UNIFORM with bounds that are no whole constants");
    }
    if (!a.get(2).sql().contains("random()")) {
      throw SqlError.unsupported("UNIFORM with a seed; only RANDOM() is covered");
    }
    return Expr.of(
        "CAST(floor("
            + a.get(0).sql()
            + " + random() * ("
            + a.get(1).sql()
            + " - "
            + a.get(0).sql()
            + " + 1)) AS BIGINT)",
        Kind.NUMBER);
  }

  private static String bytes(Expr e) {
    return e.kind() == Kind.BINARY ? e.sql() : "encode(" + Casts.text(e) + ")";
  }

  static void arity(String name, List<Expr> a, int least, int most) {
    if (a.size() < least || a.size() > most) {
      String expected =
          most == Integer.MAX_VALUE
              ? "at least " + least
              : least == most ? "" + least : least + " to " + most;
      throw SqlError.argumentCount(name, expected, a.size());
    }
  }
}
