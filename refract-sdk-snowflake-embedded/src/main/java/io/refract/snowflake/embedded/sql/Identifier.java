package io.refract.snowflake.embedded.sql;

import java.util.regex.Pattern;

/**
 * A name as Snowflake stores it: an unquoted one in upper case, a quoted one as written.
 *
 * @param name the stored name, not empty
 */
public record Identifier(String name) {

  private static final Pattern PLAIN = Pattern.compile("[A-Z_][A-Z0-9_$]*");

  /**
   * Checks the name.
   *
   * @throws SqlError 001003 when it is empty
   */
  public Identifier {
    if (name.isEmpty()) {
      throw SqlError.syntax("An identifier must not be empty.");
    }
  }

  /** Returns the identifier that a name token means. */
  public static Identifier of(Token token) {
    if (!token.isName()) {
      throw new IllegalArgumentException("Not a name: " + token);
    }
    return new Identifier(token.value());
  }

  /** Parses one identifier as written in SQL, quoted or not. */
  public static Identifier parse(String sql) {
    TokenStream in = TokenStream.of(sql);
    Identifier identifier = in.identifier();
    in.expectEnd();
    return identifier;
  }

  /** Returns the name in double quotes, as both Snowflake and DuckDB read it. */
  public String quoted() {
    return quote(name);
  }

  /** Returns the name as Snowflake prints it: quoted only where it must be. */
  public String sql() {
    return PLAIN.matcher(name).matches() ? name : quoted();
  }

  /** Returns any text as a quoted identifier. */
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public String toString() {
    return sql();
  }
}
