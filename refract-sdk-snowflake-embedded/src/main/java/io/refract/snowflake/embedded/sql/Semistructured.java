package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/** Arrays and objects from values. Source: "Semi-structured and structured data functions". */
final class Semistructured {

  private Semistructured() {}

  /** An array of values; SQL NULL becomes {@code undefined}, which is written as null. */
  static Expr array(List<Expr> elements) {
    return build("ARRAY", elements, false);
  }

  /** An array without its NULLs. */
  static Expr compactArray(List<Expr> elements) {
    return build("ARRAY_COMPACT", elements, false);
  }

  /** An object of keys and values; pairs with a NULL vanish unless they are to be kept. */
  static Expr object(List<Expr> pairs, boolean keepNulls) {
    if (pairs.size() % 2 != 0) {
      throw SqlError.argumentCount("OBJECT_CONSTRUCT", "an even number", pairs.size());
    }
    return build(keepNulls ? "OBJECT_KEEP" : "OBJECT", pairs, true);
  }

  private static Expr build(String mode, List<Expr> values, boolean pairs) {
    List<String> arguments = new ArrayList<>();
    arguments.add("'" + mode + "'");
    for (int i = 0; i < values.size(); i++) {
      Expr value = values.get(i);
      if (value.kind() == Kind.NULL) {
        arguments.add("CAST(NULL AS VARCHAR)");
      } else if (pairs && i % 2 == 0) {
        arguments.add(Casts.text(value));
      } else {
        arguments.add("CAST(" + Casts.variant(value) + " AS VARCHAR)");
      }
    }
    return Expr.of("CAST(__sf_build(" + String.join(", ", arguments) + ") AS JSON)", Kind.VARIANT);
  }
}
