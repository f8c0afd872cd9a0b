package io.refract.snowflake.embedded.sql;

import java.util.List;

/** A cursor over the tokens of one text. Not thread-safe. */
public final class TokenStream {

  private final String source;
  private final List<Token> tokens;
  private int at;

  private TokenStream(String source, List<Token> tokens) {
    this.source = source;
    this.tokens = tokens;
  }

  /** Returns a cursor at the first token of a text. */
  public static TokenStream of(String source) {
    return new TokenStream(source, Lexer.tokens(source));
  }

  /** Returns the current token. */
  public Token peek() {
    return peek(0);
  }

  /** Returns the token some places ahead; behind the end, the end token. */
  public Token peek(int offset) {
    return tokens.get(Math.max(0, Math.min(at + offset, tokens.size() - 1)));
  }

  /** Returns the current token and steps over it. */
  public Token next() {
    Token token = peek();
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  /** Returns the index of the current token, for {@link #reset}. */
  public int mark() {
    return at;
  }

  /** Goes back to an index from {@link #mark}. */
  public void reset(int mark) {
    at = mark;
  }

  /** Tells whether all tokens, apart from one final semicolon, are read. */
  public boolean atEnd() {
    return peek().kind() == Token.Kind.END
        || (peek().isOperator(";") && peek(1).kind() == Token.Kind.END);
  }

  /** Throws 001003 unless {@link #atEnd}. */
  public void expectEnd() {
    if (!atEnd()) {
      throw unexpected();
    }
  }

  /** Tells whether these keywords follow, in any case. */
  public boolean at(String... keywords) {
    for (int i = 0; i < keywords.length; i++) {
      if (!peek(i).isWord(keywords[i])) {
        return false;
      }
    }
    return true;
  }

  /** Tells whether one of these keywords follows. */
  public boolean atAny(String... keywords) {
    for (String keyword : keywords) {
      if (peek().isWord(keyword)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether this operator follows. */
  public boolean atOperator(String operator) {
    return peek().isOperator(operator);
  }

  /** Steps over these keywords when all of them follow. */
  public boolean accept(String... keywords) {
    if (!at(keywords)) {
      return false;
    }
    for (int i = 0; i < keywords.length; i++) {
      next();
    }
    return true;
  }

  /** Steps over this operator when it follows. */
  public boolean acceptOperator(String operator) {
    if (!atOperator(operator)) {
      return false;
    }
    next();
    return true;
  }

  /** Steps over these keywords, or throws 001003. */
  public void expect(String... keywords) {
    for (String keyword : keywords) {
      if (!accept(keyword)) {
        throw unexpected();
      }
    }
  }

  /** Steps over this operator, or throws 001003. */
  public void expectOperator(String operator) {
    if (!acceptOperator(operator)) {
      throw unexpected();
    }
  }

  /** Reads a name, or throws 001003. */
  public Identifier identifier() {
    if (!peek().isName()) {
      throw unexpected();
    }
    return Identifier.of(next());
  }

  /**
   * Reads a name of one to three parts, {@code DB..NAME} (schema PUBLIC) and {@code
   * IDENTIFIER('...')} included.
   */
  public QualifiedName qualifiedName() {
    if (at("IDENTIFIER") && peek(1).isOperator("(")) {
      next();
      next();
      String text = string();
      expectOperator(")");
      return QualifiedName.parse(text);
    }
    Identifier first = identifier();
    if (!acceptOperator(".")) {
      return QualifiedName.of(first);
    }
    if (acceptOperator(".")) {
      return new QualifiedName(first, new Identifier("PUBLIC"), identifier());
    }
    Identifier second = identifier();
    if (!acceptOperator(".")) {
      return new QualifiedName(null, first, second);
    }
    return new QualifiedName(first, second, identifier());
  }

  /** Reads a string literal and returns its content, or throws 001003. */
  public String string() {
    if (peek().kind() != Token.Kind.STRING) {
      throw unexpected();
    }
    return next().value();
  }

  /** Reads a whole number without sign, or throws 001003. */
  public int integer() {
    if (peek().kind() == Token.Kind.NUMBER) {
      try {
        int value = Integer.parseInt(peek().text());
        next();
        return value;
      } catch (NumberFormatException e) {
        throw unexpected();
      }
    }
    throw unexpected();
  }

  /** Returns the characters of the source between two indexes of characters. */
  public String slice(int start, int end) {
    return source.substring(start, end);
  }

  /** Returns the source from the current token to the end, unchanged. */
  public String rest() {
    return source.substring(peek().start());
  }

  /** Returns the whole source. */
  public String source() {
    return source;
  }

  /** Returns the end of the last token that was read, as an index of characters. */
  public int lastEnd() {
    return at == 0 ? 0 : tokens.get(at - 1).end();
  }

  /** Returns the error for a current token that does not fit. */
  public SqlError unexpected() {
    Token token = peek();
    int line = 1;
    int column = 0;
    for (int i = 0; i < token.start(); i++) {
      if (source.charAt(i) == '\n') {
        line++;
        column = 0;
      } else {
        column++;
      }
    }
    return SqlError.syntax(line, column, token.text());
  }
}
