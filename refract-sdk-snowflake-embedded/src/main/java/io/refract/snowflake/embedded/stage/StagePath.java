package io.refract.snowflake.embedded.stage;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A place in a stage as written in SQL: {@code @stage/path}, {@code @%table/path}, {@code @~/path}.
 *
 * @param kind which kind of stage
 * @param name the stage or table; null for the user's stage
 * @param path what follows the stage, without a leading slash; case-sensitive; may be empty
 */
public record StagePath(Kind kind, @Nullable QualifiedName name, String path) {

  /** The kinds of internal stages. */
  public enum Kind {
    /** A stage made by CREATE STAGE. */
    NAMED,
    /** The stage that every table has. */
    TABLE,
    /** The stage that every user has. */
    USER
  }

  /** Tells whether a stage path follows, quoted as a string or not. */
  public static boolean isAt(TokenStream in) {
    Token token = in.peek();
    return token.kind() == Token.Kind.STAGE
        || (token.kind() == Token.Kind.STRING && token.value().startsWith("@"));
  }

  /** Reads a stage path, or throws 001003. */
  public static StagePath read(TokenStream in) {
    if (!isAt(in)) {
      throw in.unexpected();
    }
    return parse(in.next().value());
  }

  /**
   * Parses the text of a stage path.
   *
   * @throws SqlError 001003 when it is none
   */
  public static StagePath parse(String text) {
    if (!text.startsWith("@")) {
      throw invalid(text);
    }
    if (text.equals("@~") || text.startsWith("@~/")) {
      return new StagePath(Kind.USER, null, relative(text.substring(2)));
    }
    List<Identifier> parts = new ArrayList<>();
    boolean table = false;
    int at = 1;
    while (true) {
      if (at < text.length() && text.charAt(at) == '%') {
        table = true;
        at++;
      }
      int end = endOfName(text, at);
      parts.add(name(text.substring(at, end), text));
      at = end;
      if (at < text.length() && text.charAt(at) == '.' && !table) {
        at++;
      } else {
        break;
      }
    }
    if (parts.size() > 3 || (at < text.length() && text.charAt(at) != '/')) {
      throw invalid(text);
    }
    Identifier last = parts.get(parts.size() - 1);
    Identifier schema = parts.size() > 1 ? parts.get(parts.size() - 2) : null;
    Identifier database = parts.size() > 2 ? parts.get(0) : null;
    return new StagePath(
        table ? Kind.TABLE : Kind.NAMED,
        new QualifiedName(database, schema, last),
        relative(text.substring(at)));
  }

  private static int endOfName(String text, int start) {
    int at = start;
    if (at < text.length() && text.charAt(at) == '"') {
      at++;
      while (at < text.length()) {
        if (text.charAt(at) == '"') {
          if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
            at++;
          } else {
            return at + 1;
          }
        }
        at++;
      }
      throw invalid(text);
    }
    while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '/') {
      at++;
    }
    return at;
  }

  private static Identifier name(String part, String text) {
    if (part.startsWith("\"")) {
      return new Identifier(part.substring(1, part.length() - 1).replace("\"\"", "\""));
    }
    if (part.isEmpty() || !part.matches("[\\p{L}_][\\p{L}\\p{N}_$]*")) {
      throw invalid(text);
    }
    return new Identifier(part.toUpperCase(Locale.ROOT));
  }

  private static String relative(String path) {
    int at = 0;
    while (at < path.length() && path.charAt(at) == '/') {
      at++;
    }
    return path.substring(at);
  }

  private static SqlError invalid(String text) {
    return SqlError.syntax("invalid stage path '" + text + "'.");
  }
}
