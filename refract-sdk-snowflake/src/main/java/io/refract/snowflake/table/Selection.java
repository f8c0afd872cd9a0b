package io.refract.snowflake.table;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.data.TextPairs;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.SqlSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query whose rows are to be read. It orders its rows itself: write {@code ORDER BY}, so that the
 * same rows give the same data set, digest and split. Thread-safe.
 */
public final class Selection {

  private final SqlSession session;
  private final String sql;
  private final List<@Nullable Object> binds;

  private Selection(SqlSession session, String sql, List<@Nullable Object> binds) {
    this.session = session;
    this.sql = sql;
    this.binds = binds;
  }

  /**
   * Returns a query.
   *
   * @param session runs it
   * @param sql one statement with a result
   * @param binds the values of its question marks, in their order
   */
  public static Selection of(SqlSession session, String sql, @Nullable Object... binds) {
    checkArgument(!sql.isBlank(), "the query must not be blank");
    return new Selection(
        requireNonNull(session, "session"),
        sql.strip(),
        new ArrayList<@Nullable Object>(Arrays.asList(binds)));
  }

  /**
   * Returns the pairs of two columns of the result. Each reading runs the query anew and fetches
   * the rows while they are consumed; cells that are NULL come as null.
   *
   * @param source the column to learn from, as SQL reads its name
   * @param target the column to learn
   */
  public TextPairs dataset(String source, String target) {
    return new ColumnPairs(
        session,
        "Snowflake query",
        sql,
        binds,
        Identifier.parse(source).name(),
        Identifier.parse(target).name());
  }
}
