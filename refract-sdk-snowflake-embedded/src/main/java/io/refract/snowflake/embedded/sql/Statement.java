package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * One statement of a text, and what its first words say it is.
 *
 * @param text the statement without a final semicolon
 * @param kind what it is
 */
public record Statement(String text, StatementKind kind) {

  /** Returns the statement of a text that holds exactly one. */
  public static Statement of(String text) {
    List<Statement> statements = split(text);
    if (statements.size() != 1) {
      throw SqlError.of(
          "000008",
          "0A000",
          "Actual statement count "
              + statements.size()
              + " did not match the desired statement count 1.");
    }
    return statements.get(0);
  }

  /** Cuts a text at its semicolons; parts without any token vanish. */
  public static List<Statement> split(String text) {
    List<Statement> statements = new ArrayList<>();
    List<Token> part = new ArrayList<>();
    for (Token token : Lexer.tokens(text)) {
      if (token.isOperator(";") || token.kind() == Token.Kind.END) {
        if (!part.isEmpty()) {
          int start = part.get(0).start();
          int end = part.get(part.size() - 1).end();
          statements.add(new Statement(text.substring(start, end), StatementKind.of(part)));
          part.clear();
        }
      } else {
        part.add(token);
      }
    }
    return statements;
  }

  /** Returns a cursor at the first token. */
  public TokenStream tokens() {
    return TokenStream.of(text);
  }
}
