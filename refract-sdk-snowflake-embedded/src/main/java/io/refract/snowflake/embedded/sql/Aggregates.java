package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Aggregate and window functions. Source: "Aggregate functions" and "Window functions". */
final class Aggregates {

  /** A call as read. */
  record Call(
      String name,
      List<Expr> arguments,
      boolean star,
      boolean distinct,
      @Nullable String nulls,
      String within,
      String over) {

    Expr argument(int index) {
      return arguments.get(index);
    }

    /** The only argument. */
    Expr argument0() {
      if (arguments.size() != 1) {
        throw SqlError.argumentCount(name, "1", arguments.size());
      }
      return arguments.get(0);
    }
  }

  /** Functions over doubles that are the same in DuckDB: number of arguments and DuckDB's name. */
  private static final Map<String, String> REAL =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("STDDEV", "1stddev_samp"),
              Map.entry("STDDEV_SAMP", "1stddev_samp"),
              Map.entry("STDDEV_POP", "1stddev_pop"),
              Map.entry("VARIANCE", "1var_samp"),
              Map.entry("VARIANCE_SAMP", "1var_samp"),
              Map.entry("VAR_SAMP", "1var_samp"),
              Map.entry("VARIANCE_POP", "1var_pop"),
              Map.entry("VAR_POP", "1var_pop"),
              Map.entry("CORR", "2corr"),
              Map.entry("COVAR_POP", "2covar_pop"),
              Map.entry("COVAR_SAMP", "2covar_samp"),
              Map.entry("REGR_SLOPE", "2regr_slope"),
              Map.entry("REGR_INTERCEPT", "2regr_intercept"),
              Map.entry("REGR_COUNT", "2regr_count"),
              Map.entry("REGR_R2", "2regr_r2")));

  private static final Set<String> SPECIAL =
      new TreeSet<>(
          List.of(
              "COUNT",
              "SUM",
              "AVG",
              "MIN",
              "MAX",
              "MEDIAN",
              "ANY_VALUE",
              "MODE",
              "COUNT_IF",
              "APPROX_COUNT_DISTINCT",
              "HLL",
              "LISTAGG",
              "ARRAY_AGG",
              "ARRAY_UNIQUE_AGG",
              "OBJECT_AGG",
              "BOOLAND_AGG",
              "BOOLOR_AGG",
              "BITAND_AGG",
              "BITOR_AGG",
              "BITXOR_AGG",
              "MIN_BY",
              "MAX_BY",
              "PERCENTILE_CONT",
              "PERCENTILE_DISC"));

  private static final Set<String> WINDOW =
      new TreeSet<>(
          List.of(
              "ROW_NUMBER",
              "RANK",
              "DENSE_RANK",
              "PERCENT_RANK",
              "CUME_DIST",
              "NTILE",
              "LAG",
              "LEAD",
              "FIRST_VALUE",
              "LAST_VALUE",
              "NTH_VALUE",
              "RATIO_TO_REPORT"));

  private Aggregates() {}

  static boolean isAggregate(String name) {
    return SPECIAL.contains(name) || REAL.containsKey(name);
  }

  static boolean isWindow(String name) {
    return WINDOW.contains(name);
  }

  static boolean spansPartition(String name) {
    return name.equals("FIRST_VALUE") || name.equals("LAST_VALUE") || name.equals("NTH_VALUE");
  }

  static Set<String> names() {
    Set<String> names = new TreeSet<>(SPECIAL);
    names.addAll(REAL.keySet());
    names.addAll(WINDOW);
    return names;
  }

  static Expr call(Call c) {
    if (WINDOW.contains(c.name())) {
      return window(c);
    }
    if (c.nulls() != null || (c.star() && !c.name().equals("COUNT"))) {
      throw SqlError.syntax("Invalid argument of " + c.name());
    }
    String real = REAL.get(c.name());
    if (real != null) {
      arity(c, real.charAt(0) - '0', real.charAt(0) - '0');
      List<String> parts = new ArrayList<>();
      for (Expr e : c.arguments()) {
        parts.add(Casts.real(e));
      }
      String call =
          real.substring(1) + "(" + distinct(c) + String.join(", ", parts) + ")" + c.over();
      return Expr.of(call, c.name().equals("REGR_COUNT") ? Kind.NUMBER : Kind.FLOAT);
    }
    if (!c.within().isEmpty()
        && !Set.of("LISTAGG", "ARRAY_AGG", "PERCENTILE_CONT", "PERCENTILE_DISC")
            .contains(c.name())) {
      throw SqlError.syntax("WITHIN GROUP does not go with " + c.name());
    }
    return switch (c.name()) {
      case "COUNT" -> count(c);
      case "SUM" -> {
        Kind kind = number(c.argument0()).kind();
        yield Expr.of(simple(c, "sum", number(c.argument0()).sql()), kind);
      }
      case "AVG" -> average(c);
      case "MIN", "MAX" -> {
        arity(c, 1, 1);
        yield Expr.of(
            simple(c, c.name().equals("MIN") ? "min" : "max", ordered(c.argument(0))),
            c.argument(0).kind());
      }
      case "MEDIAN" -> Expr.of(simple(c, "median", Casts.real(c.argument0())), Kind.FLOAT);
      case "ANY_VALUE" ->
          Expr.of(simple(c, "any_value", c.argument0().sql()), c.argument0().kind());
      case "MODE" -> Expr.of(simple(c, "mode", c.argument0().sql()), c.argument0().kind());
      case "COUNT_IF" -> Expr.of(simple(c, "count_if", Casts.truth(c.argument0())), Kind.NUMBER);
      case "APPROX_COUNT_DISTINCT", "HLL" ->
          // The exact number is a correct approximation.
          Expr.of("count(DISTINCT " + c.argument0().sql() + ")" + c.over(), Kind.NUMBER);
      case "LISTAGG" -> listagg(c);
      case "ARRAY_AGG", "ARRAY_UNIQUE_AGG" -> arrayAgg(c);
      case "OBJECT_AGG" -> objectAgg(c);
      case "BOOLAND_AGG" ->
          Expr.of(
              simple(c, "bool_and", "CAST(" + c.argument0().sql() + " AS BOOLEAN)"), Kind.BOOLEAN);
      case "BOOLOR_AGG" ->
          Expr.of(
              simple(c, "bool_or", "CAST(" + c.argument0().sql() + " AS BOOLEAN)"), Kind.BOOLEAN);
      case "BITAND_AGG" -> Expr.of(simple(c, "bit_and", Casts.integer(c.argument0())), Kind.NUMBER);
      case "BITOR_AGG" -> Expr.of(simple(c, "bit_or", Casts.integer(c.argument0())), Kind.NUMBER);
      case "BITXOR_AGG" -> Expr.of(simple(c, "bit_xor", Casts.integer(c.argument0())), Kind.NUMBER);
      case "MIN_BY", "MAX_BY" -> {
        arity(c, 2, 2);
        // Only a NULL of the second argument keeps a row out.
        String function = c.name().equals("MIN_BY") ? "arg_min_null" : "arg_max_null";
        yield Expr.of(
            function + "(" + c.argument(0).sql() + ", " + ordered(c.argument(1)) + ")" + c.over(),
            c.argument(0).kind());
      }
      case "PERCENTILE_CONT", "PERCENTILE_DISC" -> percentile(c);
      default -> throw SqlError.unknownFunction(c.name());
    };
  }

  private static Expr count(Call c) {
    if (c.arguments().isEmpty() && !c.star()) {
      throw SqlError.argumentCount(c.name(), "at least 1", 0);
    }
    if (c.star()) {
      return Expr.of("count(*)" + c.over(), Kind.NUMBER);
    }
    if (c.arguments().size() == 1) {
      return Expr.of(simple(c, "count", c.argument(0).sql()), Kind.NUMBER);
    }
    // Rows in which any of the expressions is NULL do not count.
    List<String> present = new ArrayList<>();
    for (Expr e : c.arguments()) {
      present.add(e.sql() + " IS NOT NULL");
    }
    String row =
        "CASE WHEN "
            + String.join(" AND ", present)
            + " THEN row("
            + Primaries.join(c.arguments())
            + ") END";
    return Expr.of("count(" + distinct(c) + row + ")" + c.over(), Kind.NUMBER);
  }

  private static Expr average(Call c) {
    Expr value = number(c.argument0());
    if (value.kind() == Kind.FLOAT) {
      return Expr.of(simple(c, "avg", value.sql()), Kind.FLOAT);
    }
    Expr sum = new Expr(simple(c, "sum", value.typed()), value.kind(), value.scale(), null);
    String count = "count(" + distinct(c) + value.sql() + ")" + c.over();
    // Over no row at all the sum is NULL, and so is the quotient.
    return Arithmetic.divide(sum, new Expr(count, Kind.NUMBER, 0, null));
  }

  private static Expr listagg(Call c) {
    arity(c, 1, 2);
    String text = Casts.text(c.argument(0));
    String separator = c.arguments().size() == 2 ? Casts.text(c.argument(1)) : "''";
    String call =
        "string_agg(" + distinct(c) + text + ", " + separator + c.within() + ")" + c.over();
    return Expr.of("coalesce(" + call + ", '')", Kind.TEXT);
  }

  private static Expr arrayAgg(Call c) {
    arity(c, 1, 1);
    boolean distinct = c.distinct() || c.name().equals("ARRAY_UNIQUE_AGG");
    String value = "CAST(" + Casts.variant(c.argument(0)) + " AS VARCHAR)";
    if (distinct && !c.within().isEmpty()) {
      throw SqlError.unsupported("ARRAY_AGG(DISTINCT ...) WITHIN GROUP");
    }
    String list =
        "list("
            + (distinct ? "DISTINCT " : "")
            + value
            + c.within()
            + ") FILTER (WHERE "
            + c.argument(0).sql()
            + " IS NOT NULL)"
            + c.over();
    return Expr.of(
        "CAST('[' || coalesce(array_to_string(" + list + ", ','), '') || ']' AS JSON)",
        Kind.VARIANT);
  }

  private static Expr objectAgg(Call c) {
    arity(c, 2, 2);
    String key = Casts.text(c.argument(0));
    String value = Casts.variant(c.argument(1));
    String pair = "CAST(to_json(" + key + ") AS VARCHAR) || ':' || CAST(" + value + " AS VARCHAR)";
    String list = "list(" + pair + ") FILTER (WHERE (" + pair + ") IS NOT NULL)" + c.over();
    return Expr.of(
        "CAST(__sf_json('OBJECT', '{' || coalesce(array_to_string("
            + list
            + ", ','), '') || '}', '', '') AS JSON)",
        Kind.VARIANT);
  }

  private static Expr percentile(Call c) {
    arity(c, 1, 1);
    if (c.within().isEmpty() || !c.over().isEmpty()) {
      throw SqlError.unsupported(c.name() + " without WITHIN GROUP or with OVER");
    }
    String function = c.name().equals("PERCENTILE_CONT") ? "percentile_cont" : "percentile_disc";
    // NULLs take no part, so their place in the order does not matter.
    String order = c.within().replaceAll(" NULLS (FIRST|LAST)", "").replace(" ORDER BY ", "");
    boolean descending = order.endsWith(" DESC");
    String key = order.substring(0, order.length() - (descending ? 5 : 4));
    if (c.name().equals("PERCENTILE_CONT")) {
      key = "CAST(" + key + " AS DOUBLE)";
    }
    return Expr.of(
        function
            + "("
            + c.argument(0).sql()
            + ") WITHIN GROUP (ORDER BY "
            + key
            + (descending ? " DESC)" : " ASC)"),
        c.name().equals("PERCENTILE_CONT") ? Kind.FLOAT : Kind.UNKNOWN);
  }

  private static Expr window(Call c) {
    if (c.over().isEmpty() || c.distinct() || c.star() || !c.within().isEmpty()) {
      throw SqlError.of(
          "002303",
          "42601",
          "SQL compilation error:\nWindow function [" + c.name() + "] requires OVER.");
    }
    String function = c.name().toLowerCase(java.util.Locale.ROOT);
    String nulls = c.nulls() == null ? "" : c.nulls();
    return switch (c.name()) {
      case "ROW_NUMBER", "RANK", "DENSE_RANK" -> {
        arity(c, 0, 0);
        yield Expr.of(function + "()" + c.over(), Kind.NUMBER);
      }
      case "PERCENT_RANK", "CUME_DIST" -> {
        arity(c, 0, 0);
        yield Expr.of(function + "()" + c.over(), Kind.FLOAT);
      }
      case "NTILE" ->
          Expr.of("ntile(" + Casts.integer(c.argument0()) + ")" + c.over(), Kind.NUMBER);
      case "LAG", "LEAD" -> {
        arity(c, 1, 3);
        StringBuilder sql = new StringBuilder(function + "(" + c.argument(0).typed());
        if (c.arguments().size() > 1) {
          sql.append(", ").append(Casts.integer(c.argument(1)));
        }
        if (c.arguments().size() > 2) {
          sql.append(", ").append(c.argument(2).typed());
        }
        yield Expr.of(sql + nulls + ")" + c.over(), c.argument(0).kind());
      }
      case "NTH_VALUE" -> {
        arity(c, 2, 2);
        yield Expr.of(
            "nth_value("
                + c.argument(0).sql()
                + ", "
                + Casts.integer(c.argument(1))
                + nulls
                + ")"
                + c.over(),
            c.argument(0).kind());
      }
      case "RATIO_TO_REPORT" -> {
        Expr value = number(c.argument0());
        Expr total = Expr.of("sum(" + value.sql() + ")" + c.over(), value.kind());
        yield Arithmetic.divide(value, total);
      }
      default ->
          Expr.of(
              function + "(" + c.argument0().sql() + nulls + ")" + c.over(), c.argument0().kind());
    };
  }

  private static String simple(Call c, String function, String argument) {
    arity(c, 1, 1);
    return function + "(" + distinct(c) + argument + ")" + c.over();
  }

  private static String distinct(Call c) {
    return c.distinct() ? "DISTINCT " : "";
  }

  private static Expr number(Expr e) {
    if (e.isText() || e.isVariant()) {
      return Expr.of(Casts.real(e), Kind.FLOAT);
    }
    return e.isIntegerLiteral() ? new Expr(e.typed(), Kind.NUMBER, 0, null) : e;
  }

  private static String ordered(Expr e) {
    if (e.isVariant()) {
      throw SqlError.unsupported("the least or greatest VARIANT; cast it");
    }
    return e.typed();
  }

  private static void arity(Call c, int least, int most) {
    int size = c.arguments().size();
    if (size < least || size > most) {
      throw SqlError.argumentCount(
          c.name(), least == most ? "" + least : least + " to " + most, size);
    }
  }
}
