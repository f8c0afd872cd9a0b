package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A DuckDB statement whose parameters are numbered from 1 without a gap.
 *
 * <p>DuckDB's driver fails when a statement uses {@code $2} but not {@code $1}.
 *
 * @param sql the statement
 * @param sources for each parameter, in order, the number that it had before
 */
record BindNumbers(String sql, List<Integer> sources) {

  static BindNumbers of(String duckSql) {
    if (duckSql.indexOf('$') < 0) {
      return new BindNumbers(duckSql, List.of());
    }
    List<Integer> sources = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    TokenStream in = TokenStream.of(duckSql);
    int copied = 0;
    while (in.peek().kind() != Token.Kind.END) {
      Token token = in.next();
      if (token.kind() == Token.Kind.POSITION) {
        int number = Integer.parseInt(token.value());
        if (!sources.contains(number)) {
          sources.add(number);
        }
        sql.append(duckSql, copied, token.start()).append('$').append(sources.indexOf(number) + 1);
        copied = token.end();
      }
    }
    return new BindNumbers(sql.append(duckSql.substring(copied)).toString(), List.copyOf(sources));
  }
}
