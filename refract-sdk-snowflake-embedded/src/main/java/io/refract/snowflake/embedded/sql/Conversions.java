package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** TO_x and TRY_TO_x. Source: "Conversion functions". */
final class Conversions {

  private static final Map<String, SnowflakeType> TYPES =
      Map.ofEntries(
          Map.entry("TO_VARCHAR", SnowflakeType.VARCHAR),
          Map.entry("TO_CHAR", SnowflakeType.VARCHAR),
          Map.entry("TO_NUMBER", SnowflakeType.NUMBER),
          Map.entry("TO_NUMERIC", SnowflakeType.NUMBER),
          Map.entry("TO_DECIMAL", SnowflakeType.NUMBER),
          Map.entry("TO_DOUBLE", SnowflakeType.FLOAT),
          Map.entry("TO_BOOLEAN", SnowflakeType.BOOLEAN),
          Map.entry("TO_DATE", SnowflakeType.DATE),
          Map.entry("DATE", SnowflakeType.DATE),
          Map.entry("TO_TIME", SnowflakeType.TIME),
          Map.entry("TIME", SnowflakeType.TIME),
          Map.entry("TO_TIMESTAMP", SnowflakeType.TIMESTAMP_NTZ),
          Map.entry("TO_TIMESTAMP_NTZ", SnowflakeType.TIMESTAMP_NTZ),
          Map.entry("TO_TIMESTAMP_LTZ", SnowflakeType.TIMESTAMP_LTZ),
          Map.entry("TO_TIMESTAMP_TZ", SnowflakeType.TIMESTAMP_TZ),
          Map.entry("TO_VARIANT", SnowflakeType.VARIANT),
          Map.entry("TO_OBJECT", SnowflakeType.OBJECT),
          Map.entry("TO_ARRAY", SnowflakeType.ARRAY),
          Map.entry("TO_BINARY", SnowflakeType.BINARY));

  private static final Set<String> TRIED =
      Set.of(
          "TO_NUMBER",
          "TO_NUMERIC",
          "TO_DECIMAL",
          "TO_DOUBLE",
          "TO_BOOLEAN",
          "TO_DATE",
          "TO_TIME",
          "TO_TIMESTAMP",
          "TO_TIMESTAMP_NTZ",
          "TO_TIMESTAMP_LTZ",
          "TO_TIMESTAMP_TZ");

  private Conversions() {}

  static boolean isFunction(String name) {
    return TYPES.containsKey(name)
        || (name.startsWith("TRY_") && TRIED.contains(name.substring(4)));
  }

  static Set<String> names() {
    Set<String> names = new java.util.TreeSet<>(TYPES.keySet());
    for (String name : TRIED) {
      names.add("TRY_" + name);
    }
    return names;
  }

  static Expr call(String name, List<Expr> a) {
    boolean attempt = name.startsWith("TRY_");
    String base = attempt ? name.substring(4) : name;
    SnowflakeType type = TYPES.get(base);
    if (type == null) {
      throw SqlError.unknownFunction(name);
    }
    return switch (type.base()) {
      case NUMBER -> number(name, a, attempt);
      case VARCHAR -> text(name, a);
      case DATE, TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ -> moment(name, a, type, attempt);
      case BINARY -> binary(name, a);
      case ARRAY -> {
        SpecialFunctions.arity(name, a, 1, 1);
        yield Casts.cast(a.get(0), type, false);
      }
      default -> {
        SpecialFunctions.arity(name, a, 1, 1);
        yield Casts.cast(a.get(0), type, attempt);
      }
    };
  }

  /** TO_NUMBER(value [, format] [, precision [, scale]]). */
  private static Expr number(String name, List<Expr> a, boolean attempt) {
    SpecialFunctions.arity(name, a, 1, 4);
    List<Expr> rest = new ArrayList<>(a.subList(1, a.size()));
    String format = "";
    if (!rest.isEmpty() && rest.get(0).isText()) {
      format = constant(name, rest.remove(0));
    }
    int[] numbers = {38, 0};
    for (int i = 0; i < rest.size(); i++) {
      Expr e = rest.get(i);
      if (i > 1 || !e.isIntegerLiteral()) {
        throw SqlError.unsupported(name + " with a precision or scale that is no constant");
      }
      numbers[i] = Integer.parseInt(e.sql());
    }
    SnowflakeType type = SnowflakeType.number(numbers[0], numbers[1]);
    if (format.isEmpty()) {
      return Casts.cast(a.get(0), type, attempt);
    }
    Expr text = Expr.of(Casts.text(a.get(0)), Kind.TEXT);
    return Casts.cast(text, type, format, attempt);
  }

  private static Expr text(String name, List<Expr> a) {
    SpecialFunctions.arity(name, a, 1, 2);
    Expr value = a.get(0);
    if (a.size() == 1) {
      return Expr.of(Casts.text(value), Kind.TEXT);
    }
    String format = constant(name, a.get(1));
    if (value.isText()) {
      value = Casts.cast(value, SnowflakeType.TIMESTAMP_NTZ, false);
    }
    String sql =
        "__sf_format(CAST("
            + value.typed()
            + " AS VARCHAR), typeof("
            + value.typed()
            + "), "
            + Expr.quote(format)
            + ")";
    return Expr.of(sql, Kind.TEXT);
  }

  private static Expr moment(String name, List<Expr> a, SnowflakeType type, boolean attempt) {
    SpecialFunctions.arity(name, a, 1, 2);
    String format = "";
    if (a.size() == 2) {
      Expr second = a.get(1);
      format = second.isIntegerLiteral() ? "scale " + second.sql() : constant(name, second);
    }
    return Casts.cast(a.get(0), type, format, attempt);
  }

  private static Expr binary(String name, List<Expr> a) {
    SpecialFunctions.arity(name, a, 1, 2);
    String text = Casts.text(a.get(0));
    String format = a.size() == 2 ? constant(name, a.get(1)) : "HEX";
    return switch (format.toUpperCase(java.util.Locale.ROOT)) {
      case "HEX" -> Expr.of("unhex(" + text + ")", Kind.BINARY);
      case "BASE64" -> Expr.of("from_base64(" + text + ")", Kind.BINARY);
      case "UTF-8", "UTF8" -> Expr.of("encode(" + text + ")", Kind.BINARY);
      default -> throw SqlError.unsupported("binary format " + format);
    };
  }

  private static String constant(String name, Expr e) {
    String text = e.literal();
    if (text == null) {
      throw SqlError.unsupported(name + " with a format that is no constant");
    }
    return text;
  }
}
