package io.refract.snowflake.embedded.sql;

import com.google.common.base.Ascii;

/**
 * One token of a statement.
 *
 * @param kind what it is
 * @param text the characters of the source, unchanged
 * @param value the meaning: the content of a literal or of a quoted identifier, the upper-case name
 *     of a word, else the text
 * @param start the index of its first character in the source
 * @param end the index behind its last character
 */
public record Token(Kind kind, String text, String value, int start, int end) {

  /** The kinds of tokens. */
  public enum Kind {
    /** An unquoted name or keyword. */
    WORD,
    /** A name in double quotes. */
    QUOTED,
    /** A literal in single quotes or in dollar signs. */
    STRING,
    /** A number without sign. */
    NUMBER,
    /** {@code $1}: a column by its position; the value is the number. */
    POSITION,
    /** {@code $NAME}: a session variable; the value is the upper-case name. */
    VARIABLE,
    /** A stage path, {@code @stage/path} or {@code @"My Stage"/path}; the value is the text. */
    STAGE,
    /** A local file address without quotes, {@code file:///tmp/a.csv}. */
    FILE,
    /** An operator or punctuation, {@code ?} and {@code :} included. */
    OPERATOR,
    /** The end of the source. */
    END
  }

  /** Tells whether this is the given keyword, in any case. */
  public boolean isWord(String keyword) {
    return kind == Kind.WORD && Ascii.equalsIgnoreCase(text, keyword);
  }

  /** Tells whether this is the given operator. */
  public boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** Tells whether this can be a name: a word or a quoted identifier. */
  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }
}
