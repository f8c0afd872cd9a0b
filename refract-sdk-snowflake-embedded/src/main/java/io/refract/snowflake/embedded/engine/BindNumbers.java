package io.refract.snowflake.embedded.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DuckDB statement whose parameters are numbered from 1 without a gap.
 *
 * <p>DuckDB's driver fails when a statement uses {@code $2} but not {@code $1}.
 *
 * @param sql the statement
 * @param sources for each parameter, in order, the number that it had before
 */
record BindNumbers(String sql, List<Integer> sources) {

  /**
   * A text, a quoted name or a parameter of DuckDB's SQL. A doubled quote is two texts in a row to
   * this pattern, which ends at the same place. Unlike in Snowflake a backslash is no escape and
   * {@code //} is no comment. The repetitions are possessive: texts may be long.
   */
  private static final Pattern TOKEN = Pattern.compile("'[^']*+'|\"[^\"]*+\"|\\$(\\d++)");

  static BindNumbers of(String duckSql) {
    if (duckSql.indexOf('$') < 0) {
      return new BindNumbers(duckSql, List.of());
    }
    List<Integer> sources = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    int copied = 0;
    Matcher token = TOKEN.matcher(duckSql);
    while (token.find()) {
      if (token.group(1) != null) {
        int number = Integer.parseInt(token.group(1));
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
