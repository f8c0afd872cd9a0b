package io.refract.snowflake.embedded.sql;

import java.util.Locale;

/**
 * Conversions between types by Snowflake's rules. Where the type of the source is known and both
 * engines agree, DuckDB's cast does it; else the text goes through {@code __sf_cast} of {@link
 * FunctionLibrary}, together with the type's name at run time.
 *
 * <p>Source: Snowflake documentation, "Data type conversion".
 */
final class Casts {

  private Casts() {}

  /** The expression as text. */
  static String text(Expr e) {
    return switch (e.kind()) {
      case TEXT -> e.sql();
      case NULL -> "CAST(NULL AS VARCHAR)";
      case NUMBER, BOOLEAN, DATE -> "CAST(" + e.typed() + " AS VARCHAR)";
      default ->
          "CASE WHEN typeof("
              + e.sql()
              + ") = 'VARCHAR' THEN CAST("
              + e.sql()
              + " AS VARCHAR) ELSE "
              + convert("TEXT", e, false)
              + " END";
    };
  }

  /** The expression as JSON. */
  static String variant(Expr e) {
    if (e.isVariant()) {
      return e.sql();
    }
    return "CAST(" + convert("VARIANT", e, false) + " AS JSON)";
  }

  /** The expression as a 64-bit integer, for positions, lengths and counts. */
  static String integer(Expr e) {
    if (e.isIntegerLiteral()) {
      return e.sql();
    }
    if (e.kind() == Kind.NUMBER) {
      return "CAST(" + e.sql() + " AS BIGINT)";
    }
    return "CAST(" + cast(e, SnowflakeType.NUMBER, false).sql() + " AS BIGINT)";
  }

  /** The expression as a number that keeps its type; text and JSON become doubles. */
  static String numeric(Expr e) {
    if (e.isText() || e.isVariant()) {
      return cast(e, SnowflakeType.FLOAT, false).sql();
    }
    return e.typed();
  }

  /** The expression as a double. */
  static String real(Expr e) {
    if (e.kind() == Kind.FLOAT) {
      return e.sql();
    }
    return cast(e, SnowflakeType.FLOAT, false).sql();
  }

  /** The expression as a truth value. */
  static String truth(Expr e) {
    return switch (e.kind()) {
      case BOOLEAN, NULL, UNKNOWN -> e.sql();
      default -> cast(e, SnowflakeType.BOOLEAN, false).sql();
    };
  }

  /** The expression as a date or timestamp that keeps its type; text becomes a timestamp. */
  static String moment(Expr e) {
    if (e.isText() || e.isVariant()) {
      return cast(e, SnowflakeType.TIMESTAMP_NTZ, false).sql();
    }
    return e.sql();
  }

  /** Casts to a type, as CAST or TRY_CAST. */
  static Expr cast(Expr e, SnowflakeType type, boolean attempt) {
    return cast(e, type, "", attempt);
  }

  /** Casts to a type with a format, empty for the automatic one. */
  static Expr cast(Expr e, SnowflakeType type, String format, boolean attempt) {
    Kind target = Kind.of(type);
    int scale = target == Kind.NUMBER ? type.scale() : -1;
    String duckDb = type.duckDb();
    String call = attempt ? "TRY_CAST" : "CAST";
    String sql;
    if (e.kind() == Kind.NULL || isNative(e.kind(), target)) {
      sql = call + "(" + e.sql() + " AS " + duckDb + ")";
      sql =
          e.kind() == Kind.NUMBER && e.isIntegerLiteral()
              ? call + "(" + e.typed() + " AS " + duckDb + ")"
              : sql;
    } else if (target == Kind.TEXT) {
      sql = attempt && e.isText() ? e.sql() : text(e);
    } else if (target == Kind.VARIANT) {
      sql = semiStructured(e, type);
    } else {
      sql = call + "(" + convert(target.name(), e, format, attempt) + " AS " + duckDb + ")";
    }
    if (target == Kind.TEXT && !type.hasDefaultLength() && e.kind() != Kind.NULL) {
      // CAST cuts a text that is too long, TRY_CAST gives NULL.
      sql =
          attempt
              ? "(CASE WHEN length(" + sql + ") <= " + type.length() + " THEN " + sql + " END)"
              : "left(" + sql + ", " + type.length() + ")";
    }
    return new Expr(sql, target, scale, null);
  }

  private static String semiStructured(Expr e, SnowflakeType type) {
    return switch (type.base()) {
      case OBJECT -> "CAST(" + convert("OBJECT", e, false) + " AS JSON)";
      case ARRAY -> "CAST(" + convert("ARRAY", e, false) + " AS JSON)";
      default -> variant(e);
    };
  }

  private static boolean isNative(Kind from, Kind to) {
    return switch (to) {
      case NUMBER -> from == Kind.NUMBER || from == Kind.BOOLEAN;
      case FLOAT -> from.isNumeric() || from == Kind.BOOLEAN;
      case BOOLEAN -> from == Kind.BOOLEAN || from.isNumeric();
      case DATE -> from == Kind.DATE || from == Kind.TIMESTAMP || from == Kind.TIMESTAMP_TZ;
      case TIMESTAMP, TIMESTAMP_TZ -> from.isTemporal() && from != Kind.TIME;
      case TIME -> from == Kind.TIME || from == Kind.TIMESTAMP;
      case BINARY -> from == Kind.BINARY;
      default -> false;
    };
  }

  private static String convert(String target, Expr e, boolean attempt) {
    return convert(target, e, "", attempt);
  }

  /** A call of the conversion function: target, text of the value, its type, format, attempt. */
  static String convert(String target, Expr e, String format, boolean attempt) {
    String type = e.isText() ? "'VARCHAR'" : e.isVariant() ? "'JSON'" : "typeof(" + e.typed() + ")";
    return "__sf_cast('"
        + target.toUpperCase(Locale.ROOT)
        + "', CAST("
        + e.typed()
        + " AS VARCHAR), "
        + type
        + ", "
        + Expr.quote(format)
        + ", '"
        + (attempt ? "1" : "0")
        + "')";
  }
}
