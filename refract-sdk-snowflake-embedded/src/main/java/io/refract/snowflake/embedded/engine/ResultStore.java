package io.refract.snowflake.embedded.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the results of recent statements for RESULT_SCAN, for asynchronous queries and for a client
 * that repeats a request.
 *
 * <p>Bounded by the number of rows of all kept results together: the oldest go first.
 */
public final class ResultStore {

  /** A synchronous result with more rows is not kept. */
  public static final int KEPT_ROWS_PER_RESULT = 10_000;

  private static final int KEPT_ROWS = 200_000;
  private static final int KEPT_RESULTS = 2_000;

  /**
   * One kept result.
   *
   * @param type the kind of the statement
   * @param columns its columns
   * @param rows its rows; null when there were too many to keep
   */
  public record Kept(
      StatementType type, List<Column> columns, @Nullable List<@Nullable Object[]> rows) {

    private int weight() {
      return rows == null ? 1 : rows.size() + 1;
    }
  }

  private final Map<String, Kept> results = new HashMap<>();
  private final Deque<String> order = new ArrayDeque<>();
  private long weight;

  /** Keeps a result under its query id. */
  public synchronized void put(String queryId, Kept result) {
    Kept previous = results.put(queryId, result);
    if (previous == null) {
      order.addLast(queryId);
    } else {
      weight -= previous.weight();
    }
    weight += result.weight();
    while (order.size() > 1 && (weight > KEPT_ROWS || order.size() > KEPT_RESULTS)) {
      Kept oldest = results.remove(order.removeFirst());
      if (oldest != null) {
        weight -= oldest.weight();
      }
    }
  }

  /** Returns a kept result, or null when there is none under this id, or no longer. */
  public synchronized @Nullable Kept get(String queryId) {
    return results.get(queryId);
  }
}
