package io.refract.snowflake.embedded.sql;

import org.jspecify.annotations.Nullable;

/**
 * A translated expression.
 *
 * @param sql DuckDB's text; stands on its own as an operand
 * @param kind what is known about the type
 * @param scale the digits behind the point of an exact number, or -1 when unknown
 * @param literal the content of a text or number literal, else null
 */
record Expr(String sql, Kind kind, int scale, @Nullable String literal) {

  static Expr of(String sql, Kind kind) {
    return new Expr(sql, kind, -1, null);
  }

  static Expr text(String content) {
    return new Expr(quote(content), Kind.TEXT, -1, content);
  }

  static Expr number(String digits, int scale) {
    return new Expr(digits, Kind.NUMBER, scale, digits);
  }

  /** Returns a text as a DuckDB string literal. */
  static String quote(String content) {
    return "'" + content.replace("'", "''") + "'";
  }

  Expr parenthesized() {
    return new Expr("(" + sql + ")", kind, scale, literal);
  }

  boolean isText() {
    return kind == Kind.TEXT;
  }

  boolean isVariant() {
    return kind == Kind.VARIANT;
  }

  boolean isIntegerLiteral() {
    return kind == Kind.NUMBER && literal != null && scale == 0;
  }

  /**
   * The value with an own type. DuckDB gives whole literals 32 bits, Snowflake as many digits as
   * they have.
   */
  String typed() {
    if (isIntegerLiteral() && literal != null) {
      int digits = literal.replace("-", "").length();
      return "CAST(" + sql + " AS DECIMAL(" + Math.min(38, digits) + ",0))";
    }
    return sql;
  }
}
