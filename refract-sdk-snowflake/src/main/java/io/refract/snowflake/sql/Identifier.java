package io.refract.snowflake.sql;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One name of an object, column or argument, as Snowflake stores it.
 *
 * <p>Snowflake reads an unquoted name in upper case and a name in double quotes exactly as written;
 * {@link #parse} does the same. {@link #sql()} writes the name so that Snowflake reads it back
 * unchanged, whatever it contains: this type is the only way in which a name gets into a statement.
 *
 * @param name the stored name; 1 to 255 characters, no control characters
 */
public record Identifier(String name) {

  private static final int MAX_LENGTH = 255;
  private static final Pattern UNQUOTED = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
  private static final Pattern PLAIN = Pattern.compile("[A-Z_][A-Z0-9_$]*");

  /** The reserved words and the limited ones of Snowflake's documentation; all need quotes. */
  private static final ImmutableSet<String> RESERVED =
      ImmutableSet.copyOf(
          """
          ACCOUNT ALL ALTER AND ANY AS ASOF BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION
          CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER
          DATABASE DEFAULT DELETE DESC DISTINCT DROP ELSE END EXISTS FALSE FOLLOWING FOR FROM FULL
          GRANT GROUP GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN
          LATERAL LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP MATCH_RECOGNIZE MINUS NATURAL NOT NULL
          OF OFFSET ON OR ORDER ORGANIZATION PIVOT PRIMARY QUALIFY REFERENCES REGEXP REVOKE RIGHT
          RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE
          TRY_CAST UNION UNIQUE UNPIVOT UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WINDOW WITH
          """
              .strip()
              .split("\\s+"));

  /** Checks length and characters. */
  public Identifier {
    checkArgument(!name.isEmpty(), "a name must not be empty");
    checkArgument(
        name.length() <= MAX_LENGTH,
        "a name must have at most %s characters but has %s",
        MAX_LENGTH,
        name.length());
    checkArgument(
        name.chars().noneMatch(Character::isISOControl),
        "a name must not contain control characters: %s",
        Literal.of(name));
  }

  /**
   * Reads one name as Snowflake does.
   *
   * @param text an unquoted name, for example {@code news}, or one in double quotes, for example
   *     {@code "Breaking ""News"""}
   * @throws IllegalArgumentException when the text is neither
   */
  public static Identifier parse(String text) {
    ObjectName parsed = ObjectName.parse(text);
    checkArgument(
        parsed.parts().size() == 1, "expected one name without dots outside quotes: %s", text);
    return parsed.last();
  }

  /** Returns the identifier of an unquoted spelling, so in upper case. */
  static Identifier unquoted(String text, String whole) {
    checkArgument(
        UNQUOTED.matcher(text).matches(),
        "'%s' in '%s' is not a name: start with a letter or an underscore and go on with letters,"
            + " digits, _ or $, or put it in double quotes",
        text,
        whole);
    return new Identifier(text.toUpperCase(Locale.ROOT));
  }

  /** Returns the name for SQL text: bare when Snowflake reads it back unchanged, else quoted. */
  public String sql() {
    boolean bare = PLAIN.matcher(name).matches() && !RESERVED.contains(name);
    return bare ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Returns {@link #sql()}. */
  @Override
  public String toString() {
    return sql();
  }
}
