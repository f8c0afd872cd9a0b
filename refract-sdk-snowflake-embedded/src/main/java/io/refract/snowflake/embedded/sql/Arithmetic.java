package io.refract.snowflake.embedded.sql;

/**
 * Numbers by Snowflake's rules: exact quotients with six more digits, errors instead of infinity or
 * NULL on division by zero.
 *
 * <p>Source: Snowflake documentation, "Arithmetic operators", scale and precision.
 */
final class Arithmetic {

  private Arithmetic() {}

  static Expr concatenate(Expr left, Expr right) {
    if (left.kind() == Kind.BINARY && right.kind() == Kind.BINARY) {
      return Expr.of("(" + left.sql() + " || " + right.sql() + ")", Kind.BINARY);
    }
    return Expr.of("(" + Casts.text(left) + " || " + Casts.text(right) + ")", Kind.TEXT);
  }

  static Expr add(Expr left, String operator, Expr right) {
    Kind kind = sum(left, right);
    boolean typed = left.kind().isNumeric() && right.kind().isNumeric();
    // A whole number literal stays plain beside a column that may be a DATE.
    String a = typed ? left.typed() : operand(left);
    String b = typed ? right.typed() : operand(right);
    int scale = known(left, right) ? Math.max(left.scale(), right.scale()) : -1;
    if (left.kind() == Kind.DATE && right.kind() == Kind.NUMBER) {
      return Expr.of(
          "(" + left.sql() + " " + operator + " CAST(" + right.sql() + " AS INTEGER))", Kind.DATE);
    }
    if (left.kind() == Kind.DATE && right.kind() == Kind.DATE) {
      kind = Kind.NUMBER;
    }
    return new Expr("(" + a + " " + operator + " " + b + ")", kind, scale, null);
  }

  private static String operand(Expr e) {
    return e.isText() || e.isVariant() ? Casts.numeric(e) : e.sql();
  }

  static Expr multiply(Expr left, Expr right) {
    boolean typed = left.kind().isNumeric() && right.kind().isNumeric();
    String a = typed ? left.typed() : Casts.numeric(left);
    String b = typed ? right.typed() : Casts.numeric(right);
    int scale = known(left, right) ? left.scale() + right.scale() : -1;
    return new Expr("(" + a + " * " + b + ")", sum(left, right), scale, null);
  }

  static Expr modulo(Expr left, Expr right) {
    String a = Casts.numeric(left);
    String b = Casts.numeric(right);
    String zero = "error('[sf:100051:22012]Division by zero[/sf]')";
    String sql = "(CASE WHEN " + b + " = 0 THEN " + zero + " ELSE " + a + " % " + b + " END)";
    int scale = known(left, right) ? Math.max(left.scale(), right.scale()) : -1;
    return new Expr(sql, sum(left, right), scale, null);
  }

  static Expr divide(Expr left, Expr right) {
    String a = Casts.numeric(left);
    String b = Casts.numeric(right);
    String first = "CAST(" + a + " AS VARCHAR)";
    String second = "CAST(" + b + " AS VARCHAR)";
    if (left.kind() == Kind.NUMBER && left.scale() >= 0 && right.kind() == Kind.NUMBER) {
      int scale = quotientScale(left.scale());
      String sql =
          "CAST(__sf_div("
              + first
              + ", "
              + second
              + ", 'SCALE', '"
              + scale
              + "') AS DECIMAL(38,"
              + scale
              + "))";
      return new Expr(sql, Kind.NUMBER, scale, null);
    }
    String quotient =
        "__sf_div(" + first + ", " + second + ", typeof(" + a + "), typeof(" + b + "))";
    // The third argument only gives the type: a DOUBLE when one side is, else six digits more.
    String type = a + " * CAST(0 AS DECIMAL(6,6)) * CAST(0 AS DECIMAL(38,0)) + round(" + b + ")";
    Kind kind = sum(left, right);
    return new Expr("cast_to_type(" + quotient + ", " + type + ")", kind, -1, null);
  }

  /** Returns the scale of a quotient: max(s, min(s + 6, 12)). */
  static int quotientScale(int scale) {
    return Math.max(scale, Math.min(scale + 6, 12));
  }

  private static boolean known(Expr left, Expr right) {
    return left.kind() == Kind.NUMBER
        && right.kind() == Kind.NUMBER
        && left.scale() >= 0
        && right.scale() >= 0;
  }

  private static Kind sum(Expr left, Expr right) {
    Kind a = left.isText() || left.isVariant() ? Kind.FLOAT : left.kind();
    Kind b = right.isText() || right.isVariant() ? Kind.FLOAT : right.kind();
    if (a == Kind.FLOAT || b == Kind.FLOAT) {
      return Kind.FLOAT;
    }
    return a == Kind.NUMBER && b == Kind.NUMBER ? Kind.NUMBER : Kind.UNKNOWN;
  }
}
