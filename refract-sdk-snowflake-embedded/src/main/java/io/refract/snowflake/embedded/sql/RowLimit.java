package io.refract.snowflake.embedded.sql;

/** LIMIT, OFFSET and FETCH. Source: "LIMIT / FETCH". */
final class RowLimit {

  private final Parser parser;
  private final TokenStream in;

  private RowLimit(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /** Reads the clauses when they follow. */
  static String read(Parser parser) {
    return new RowLimit(parser).limit();
  }

  private String limit() {
    StringBuilder sql = new StringBuilder();
    if (in.accept("LIMIT")) {
      sql.append(count(" LIMIT "));
      if (in.accept("OFFSET")) {
        sql.append(count(" OFFSET "));
      }
      return sql.toString();
    }
    if (in.accept("OFFSET")) {
      sql.append(count(" OFFSET "));
      rows();
    }
    if (in.accept("FETCH")) {
      if (!in.accept("FIRST")) {
        in.accept("NEXT");
      }
      sql.insert(0, count(" LIMIT "));
      rows();
      in.accept("ONLY");
    }
    return sql.toString();
  }

  private void rows() {
    if (!in.accept("ROWS")) {
      in.accept("ROW");
    }
  }

  private String count(String keyword) {
    if (in.accept("NULL")) {
      return "";
    }
    if (in.peek().kind() == Token.Kind.STRING && in.peek().value().isEmpty()) {
      in.next();
      return "";
    }
    Token token = in.peek();
    if (token.kind() == Token.Kind.NUMBER) {
      return keyword + in.integer();
    }
    if (token.isOperator("?") || token.isOperator(":") || token.kind() == Token.Kind.VARIABLE) {
      return keyword + "CAST(" + parser.primaries.postfix().sql() + " AS BIGINT)";
    }
    throw in.unexpected();
  }
}
