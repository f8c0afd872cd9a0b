package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A data type in SQL text, for example {@code VARCHAR} or {@code NUMBER(38, 0)}.
 *
 * @param sql the type, in upper case
 */
record SqlType(String sql) {

  private static final Pattern TYPE =
      Pattern.compile(
          "[A-Z][A-Z0-9_]*( [A-Z][A-Z0-9_]*)*(\\([A-Z0-9_ ]+(\\([0-9, ]+\\))?(, ?[A-Z0-9_ ]+)*\\))?");

  /** Checks that the text is a type and nothing else. */
  SqlType {
    sql = sql.strip().toUpperCase(Locale.ROOT);
    checkArgument(
        TYPE.matcher(sql).matches(),
        "a data type looks like VARCHAR or NUMBER(38, 0) but was '%s'",
        sql);
  }
}
