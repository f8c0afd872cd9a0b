package io.refract.snowflake.sql;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * String constants for SQL text, where a bind variable is not allowed: stage paths, packages,
 * handlers, comments, bodies. This is the only place of the SDK that escapes.
 *
 * <p>Escapes as described under "Single-quoted string constants" and "Dollar-quoted string
 * constants" in Snowflake's documentation of string data types.
 */
public final class Literal {

  private static final String DOLLARS = "$$";

  private Literal() {}

  /** Returns the text as a single-quoted constant on one line. */
  public static String of(String text) {
    StringBuilder sql = new StringBuilder(text.length() + 2).append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'' -> sql.append("''");
        case '\\' -> sql.append("\\\\");
        case '\n' -> sql.append("\\n");
        case '\r' -> sql.append("\\r");
        case '\t' -> sql.append("\\t");
        default -> {
          if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
            sql.append(String.format("\\u%04x", (int) c));
          } else {
            sql.append(c);
          }
        }
      }
    }
    return sql.append('\'').toString();
  }

  /** Returns the texts as a list of constants in parentheses. */
  public static String list(Collection<String> texts) {
    return texts.stream().map(Literal::of).collect(Collectors.joining(", ", "(", ")"));
  }

  /**
   * Returns a text of several lines, such as a program, as a constant that stays readable: between
   * double dollar signs, or escaped when the text itself contains them.
   *
   * @throws IllegalArgumentException when the text holds the character NUL
   */
  public static String body(String text) {
    checkArgument(text.indexOf('\0') < 0, "a function body must not contain the character NUL");
    boolean dollars = text.contains(DOLLARS) || text.endsWith("$") || text.indexOf('\r') >= 0;
    return dollars ? of(text) : DOLLARS + text + DOLLARS;
  }
}
