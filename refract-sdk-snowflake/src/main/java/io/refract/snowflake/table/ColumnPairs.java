package io.refract.snowflake.table;

import io.refract.data.TextPair;
import io.refract.data.TextPairs;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two columns of a query's result. */
final class ColumnPairs implements TextPairs {

  private final SqlSession session;
  private final String origin;
  private final String sql;
  private final List<@Nullable Object> binds;
  private final String source;
  private final String target;

  ColumnPairs(
      SqlSession session,
      String origin,
      String sql,
      List<@Nullable Object> binds,
      String source,
      String target) {
    this.session = session;
    this.origin = origin;
    this.sql = sql;
    this.binds = binds;
    this.source = source;
    this.target = target;
  }

  @Override
  public String name() {
    return origin + " (" + source + " -> " + target + ")";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when a row is read and a column is missing or holds bytes
   */
  @Override
  public Stream<TextPair> open() {
    return session.stream(sql, binds.toArray())
        .map(row -> new TextPair(text(row, source), text(row, target)));
  }

  private @Nullable String text(Row row, String column) {
    Object value = row.value(column);
    if (value instanceof byte[]) {
      throw new IllegalArgumentException(
          "the column %s of the %s holds bytes, no text; turn them into one with TO_VARCHAR in a query"
              .formatted(column, origin));
    }
    return value == null ? null : value.toString();
  }

  @Override
  public String toString() {
    return "TextPairs[" + name() + "]";
  }
}
