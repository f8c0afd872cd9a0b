package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Statement;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.util.List;

/**
 * One statement on its way through the handlers.
 *
 * @param statement its text and kind
 * @param binds the values of its {@code ?}, in order
 * @param source what the client sent, comments included: the driver marks some statements with one
 */
public record Request(Statement statement, List<Bind> binds, String source) {

  /** Returns the text without a final semicolon. */
  public String text() {
    return statement.text();
  }

  /** Returns what the statement is, told by its first words. */
  public StatementKind kind() {
    return statement.kind();
  }

  /** Returns a new cursor at the first token. */
  public TokenStream tokens() {
    return statement.tokens();
  }

  /** Returns the same request with another text. */
  public Request withText(String text) {
    return new Request(Statement.of(text), binds, source);
  }
}
