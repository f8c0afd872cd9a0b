package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts Snowflake SQL into tokens; comments ({@code --}, {@code //}, {@code /* *}{@code /}) and
 * white space vanish.
 *
 * <p>Source: Snowflake documentation, "String &amp; binary data types" (escape sequences) and
 * "Identifier requirements".
 */
public final class Lexer {

  private static final String[] OPERATORS = {
    "->>", "::", ":=", "=>", "->", "||", "<>", "!=", "<=", ">=", "**", "|>"
  };

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * Returns the tokens of a text, the last of them of kind {@link Token.Kind#END}.
   *
   * @throws SqlError 001003 when a literal, a quoted name or a comment does not end
   */
  public static List<Token> tokens(String source) {
    return new Lexer(source).run();
  }

  private List<Token> run() {
    while (true) {
      skipBlanks();
      if (at >= source.length()) {
        tokens.add(new Token(Token.Kind.END, "<EOF>", "", source.length(), source.length()));
        return tokens;
      }
      next();
    }
  }

  private void next() {
    char c = source.charAt(at);
    if (c == '\'') {
      string();
    } else if (c == '"') {
      int start = at;
      String value = quoted();
      add(Token.Kind.QUOTED, value, start);
    } else if (c == '$') {
      dollar();
    } else if (c == '@') {
      int start = at;
      path();
      add(Token.Kind.STAGE, source.substring(start, at), start);
    } else if (isDigit(c) || (c == '.' && isDigit(peek(1)) && !afterName())) {
      number();
    } else if (isNameStart(c)) {
      word();
    } else {
      operator();
    }
  }

  private void skipBlanks() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (Character.isWhitespace(c) || c == '\u00a0' || c == '\ufeff') {
        at++;
      } else if (source.startsWith("--", at) || source.startsWith("//", at)) {
        while (at < source.length() && source.charAt(at) != '\n') {
          at++;
        }
      } else if (source.startsWith("/*", at)) {
        int end = source.indexOf("*/", at + 2);
        if (end < 0) {
          throw error(at, "unterminated comment");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private void string() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at >= source.length()) {
        throw error(start, "unterminated string literal");
      }
      char c = source.charAt(at++);
      if (c == '\'') {
        if (peek(0) != '\'') {
          break;
        }
        value.append('\'');
        at++;
      } else if (c == '\\' && at < source.length()) {
        escape(value);
      } else {
        value.append(c);
      }
    }
    add(Token.Kind.STRING, value.toString(), start);
  }

  private void escape(StringBuilder value) {
    char c = source.charAt(at++);
    switch (c) {
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'x' -> code(value, 2, c);
      case 'u' -> code(value, 4, c);
      case '0', '1', '2', '3' -> octal(value);
      // Any other escaped character stands for itself: \' \" \\ \% ...
      default -> value.append(c);
    }
  }

  private void code(StringBuilder value, int digits, char letter) {
    if (at + digits <= source.length()) {
      String hex = source.substring(at, at + digits);
      if (hex.chars().allMatch(x -> Character.digit(x, 16) >= 0)) {
        value.append((char) Integer.parseInt(hex, 16));
        at += digits;
        return;
      }
    }
    value.append(letter);
  }

  /** Three octal digits are a character, {@code \\0} alone is NUL, another digit is itself. */
  private void octal(StringBuilder value) {
    String digits = source.substring(at - 1, Math.min(at + 2, source.length()));
    if (digits.length() == 3 && digits.chars().allMatch(x -> Character.digit(x, 8) >= 0)) {
      value.append((char) Integer.parseInt(digits, 8));
      at += 2;
    } else {
      value.append(digits.charAt(0) == '0' ? '\0' : digits.charAt(0));
    }
  }

  private String quoted() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at >= source.length()) {
        throw error(start, "unterminated quoted identifier");
      }
      char c = source.charAt(at++);
      if (c == '"') {
        if (peek(0) != '"') {
          return value.toString();
        }
        at++;
      }
      value.append(c);
    }
  }

  private void dollar() {
    int start = at;
    if (peek(1) == '$') {
      int end = source.indexOf("$$", at + 2);
      if (end < 0) {
        throw error(start, "unterminated $$ literal");
      }
      at = end + 2;
      add(Token.Kind.STRING, source.substring(start + 2, end), start);
    } else if (isDigit(peek(1))) {
      at++;
      while (isDigit(peek(0))) {
        at++;
      }
      add(Token.Kind.POSITION, source.substring(start + 1, at), start);
    } else if (isNameStart(peek(1))) {
      at++;
      while (isNamePart(peek(0))) {
        at++;
      }
      add(Token.Kind.VARIABLE, upper(source.substring(start + 1, at)), start);
    } else {
      throw error(start, "unexpected '$'");
    }
  }

  /** A stage path ends at white space, a comma, a semicolon or a parenthesis outside quotes. */
  private void path() {
    at++;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '"') {
        quoted();
      } else if (Character.isWhitespace(c) || ",;()".indexOf(c) >= 0) {
        return;
      } else {
        at++;
      }
    }
  }

  private void number() {
    int start = at;
    digits();
    if (peek(0) == '.' && !(isNameStart(peek(1)) && !isExponent(1))) {
      at++;
      digits();
    }
    if (isExponent(0)) {
      at += isDigit(peek(1)) ? 1 : 2;
      digits();
    }
    if (isNameStart(peek(0))) {
      throw error(at, "unexpected '" + peek(0) + "'");
    }
    add(Token.Kind.NUMBER, source.substring(start, at), start);
  }

  private boolean isExponent(int offset) {
    char c = peek(offset);
    char sign = peek(offset + 1);
    return (c == 'e' || c == 'E')
        && (isDigit(sign) || ((sign == '+' || sign == '-') && isDigit(peek(offset + 2))));
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private void word() {
    int start = at;
    while (isNamePart(peek(0))) {
      at++;
    }
    String text = source.substring(start, at);
    // "//" would start a comment, so an unquoted file address is one token.
    if (text.equalsIgnoreCase("file") && source.startsWith("://", at)) {
      while (at < source.length()
          && !Character.isWhitespace(source.charAt(at))
          && source.charAt(at) != ';') {
        at++;
      }
      add(Token.Kind.FILE, source.substring(start, at), start);
    } else {
      add(Token.Kind.WORD, upper(text), start);
    }
  }

  private void operator() {
    int start = at;
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        at += operator.length();
        add(Token.Kind.OPERATOR, operator, start);
        return;
      }
    }
    char c = source.charAt(at);
    if ("+-*/%=<>()[]{},.;:?!&|^~".indexOf(c) < 0) {
      throw error(at, "unexpected '" + c + "'");
    }
    at++;
    add(Token.Kind.OPERATOR, String.valueOf(c), start);
  }

  private void add(Token.Kind kind, String value, int start) {
    tokens.add(new Token(kind, source.substring(start, at), value, start, at));
  }

  /** In {@code t.1} the point belongs to the name before it. */
  private boolean afterName() {
    if (tokens.isEmpty()) {
      return false;
    }
    Token last = tokens.get(tokens.size() - 1);
    return last.end() == at && last.isName();
  }

  private char peek(int offset) {
    int index = at + offset;
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private SqlError error(int index, String what) {
    int line = 1;
    int column = 0;
    for (int i = 0; i < index; i++) {
      if (source.charAt(i) == '\n') {
        line++;
        column = 0;
      } else {
        column++;
      }
    }
    return SqlError.syntax(
        "syntax error line " + line + " at position " + column + " " + what + ".");
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return c == '_' || Character.isLetter(c);
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }
}
