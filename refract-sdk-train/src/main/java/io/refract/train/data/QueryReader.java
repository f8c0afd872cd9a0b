package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.internal.Secrets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a query from any database that has a JDBC driver.
 *
 * <p>The rows are fetched in portions, within a read-only transaction that is rolled back. A cell
 * that is NULL counts as an empty one. A result has no order unless the statement gives it one:
 * write {@code ORDER BY}, so that digest and split are the same each time.
 *
 * <p>MySQL fetches in portions only with {@code useCursorFetch=true} in its address.
 */
public final class QueryReader extends DatasetReader<QueryReader> {

  /** How many rows the driver is asked to fetch at once. */
  private static final int FETCH_SIZE = 1_000;

  private static final int SHOWN = 200;

  private final ConnectionSource connections;
  private final String sql;
  private List<@Nullable Object> binds = List.of();
  private int fetchSize = FETCH_SIZE;

  QueryReader(ConnectionSource connections, String sql) {
    this.connections = requireNonNull(connections, "connections");
    checkArgument(!sql.isBlank(), "the query must not be blank");
    this.sql = sql.strip();
  }

  /**
   * Gives the values of the question marks in the statement, in their order.
   *
   * @param values values that the driver's {@code setObject} takes, or null
   */
  public QueryReader binds(@Nullable Object... values) {
    binds = new ArrayList<@Nullable Object>(Arrays.asList(values));
    return this;
  }

  /**
   * Sets how many rows the driver shall fetch at once; 1,000 unless set. Some drivers do as they
   * like.
   *
   * @param rows the number of rows, at least 1
   */
  public QueryReader fetchSize(int rows) {
    checkArgument(rows >= 1, "fetch size must be at least 1 but was %s", rows);
    fetchSize = rows;
    return this;
  }

  @Override
  QueryReader self() {
    return this;
  }

  @Override
  String name() {
    String line = Secrets.masked(sql).replaceAll("\\s+", " ");
    return "the query " + (line.length() <= SHOWN ? line : line.substring(0, SHOWN) + " ...");
  }

  @Override
  Dataset read(String sourceName, String targetName) {
    try (RowCounter rows = new RowCounter(name())) {
      new SqlRows(name(), connections, sql, binds, fetchSize).read(sourceName, targetName, rows);
      return rows.dataset();
    }
  }

  /** Returns the statement, its secrets masked and its binds left away. */
  @Override
  public String toString() {
    return "QueryReader[" + name() + "]";
  }
}
