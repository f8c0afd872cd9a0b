package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Comparisons of values of different types. DuckDB would compare JSON by its text and refuses text
 * against numbers; Snowflake converts to the other side's type.
 *
 * <p>Source: Snowflake documentation, "Data type conversion", implicit casting.
 */
final class Comparisons {

  /** Wide enough for identifiers of 26 digits and for fractions of 12. */
  private static final SnowflakeType WIDE = SnowflakeType.number(38, 12);

  private Comparisons() {}

  static Expr compare(Expr left, String operator, Expr right) {
    Kind common = common(left, right);
    String sql;
    if (left.isVariant() && right.isVariant()) {
      if (isOrder(operator)) {
        throw SqlError.unsupported("ordering of two VARIANT values; cast one of them");
      }
      // Equal numbers may have different texts: 1.5 and 1.500000000000000e+00.
      sql =
          Casts.convert("VARIANT_KEY", left, "", false)
              + " "
              + operator
              + " "
              + Casts.convert("VARIANT_KEY", right, "", false);
    } else if (common == Kind.UNKNOWN && (left.isVariant() || right.isVariant())) {
      if (isOrder(operator)) {
        throw SqlError.unsupported(
            "ordering of a VARIANT and a value of unknown type; cast the VARIANT");
      }
      sql = key(left) + " " + operator + " " + key(right);
    } else {
      sql = coerce(left, common) + " " + operator + " " + coerce(right, common);
    }
    return Expressions.bool("(" + sql + ")");
  }

  static Expr between(Expr value, Expr low, Expr high) {
    if (isPlain(value, List.of(low, high))) {
      return Expressions.bool(
          "(" + value.sql() + " BETWEEN " + low.sql() + " AND " + high.sql() + ")");
    }
    return Expressions.bool(
        "(" + compare(value, ">=", low).sql() + " AND " + compare(value, "<=", high).sql() + ")");
  }

  /**
   * Tells whether DuckDB compares these values as Snowflake does. It then evaluates the value once,
   * which matters for a volatile one.
   */
  private static boolean isPlain(Expr value, List<Expr> others) {
    for (Expr each : others) {
      if (value.isVariant() || each.isVariant() || common(value, each) != Kind.UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  static Expr in(Expr value, boolean not, List<Expr> values) {
    List<String> parts = new ArrayList<>();
    if (isPlain(value, values)) {
      for (Expr each : values) {
        parts.add(each.sql());
      }
      return Expressions.bool(
          "(" + value.sql() + (not ? " NOT IN (" : " IN (") + String.join(", ", parts) + "))");
    }
    for (Expr each : values) {
      parts.add(compare(value, not ? "<>" : "=", each).sql());
    }
    return Expressions.bool("(" + String.join(not ? " AND " : " OR ", parts) + ")");
  }

  /** A text that is equal for equal values of JSON and of SQL types. */
  static String key(Expr e) {
    return Casts.convert("KEY", e, "", false);
  }

  /** The kind to which both sides go, or UNKNOWN when DuckDB's own rules do. */
  private static Kind common(Expr left, Expr right) {
    Kind a = left.kind();
    Kind b = right.kind();
    if (a == Kind.NULL || b == Kind.NULL || a == Kind.UNKNOWN || b == Kind.UNKNOWN || a == b) {
      return Kind.UNKNOWN;
    }
    if (left.isVariant() || right.isVariant() || left.isText() || right.isText()) {
      return left.isVariant() || (left.isText() && !right.isVariant()) ? b : a;
    }
    return Kind.UNKNOWN;
  }

  private static String coerce(Expr e, Kind common) {
    if (common == Kind.UNKNOWN || e.kind() == common) {
      return e.sql();
    }
    return switch (common) {
      case TEXT -> Casts.text(e);
      case NUMBER -> Casts.cast(e, WIDE, false).sql();
      case FLOAT -> Casts.real(e);
      case BOOLEAN -> Casts.truth(e);
      case DATE -> Casts.cast(e, SnowflakeType.DATE, false).sql();
      case TIME -> Casts.cast(e, SnowflakeType.TIME, false).sql();
      case TIMESTAMP -> Casts.cast(e, SnowflakeType.TIMESTAMP_NTZ, false).sql();
      case TIMESTAMP_TZ -> Casts.cast(e, SnowflakeType.TIMESTAMP_TZ, false).sql();
      default -> e.sql();
    };
  }

  private static boolean isOrder(String operator) {
    return (operator.startsWith("<") && !operator.equals("<>")) || operator.startsWith(">");
  }
}
