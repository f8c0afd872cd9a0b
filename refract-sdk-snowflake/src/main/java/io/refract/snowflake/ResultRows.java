package io.refract.snowflake;

import io.refract.snowflake.sql.Row;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of a result, fetched while they are consumed. */
final class ResultRows extends AbstractSpliterator<Row> {

  private static final Logger LOG = LoggerFactory.getLogger(ResultRows.class);

  private final String sql;
  private final Statement statement;
  private final ResultSet results;
  private final List<String> columns;

  private ResultRows(String sql, Statement statement, ResultSet results, List<String> columns) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.sql = sql;
    this.statement = statement;
    this.results = results;
    this.columns = columns;
  }

  static ResultRows of(String sql, Statement statement, ResultSet results) throws SQLException {
    return new ResultRows(sql, statement, results, columns(results));
  }

  static List<String> columns(ResultSet results) throws SQLException {
    ResultSetMetaData meta = results.getMetaData();
    List<String> columns = new ArrayList<>(meta.getColumnCount());
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      columns.add(meta.getColumnLabel(i));
    }
    return List.copyOf(columns);
  }

  static Row row(ResultSet results, List<String> columns) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    for (int i = 1; i <= columns.size(); i++) {
      values.add(results.getObject(i));
    }
    return new Row(columns, values);
  }

  /** Returns the rows; closing the stream closes statement and result. */
  Stream<Row> stream() {
    return StreamSupport.stream(this, false).onClose(() -> close(statement));
  }

  @Override
  public boolean tryAdvance(Consumer<? super Row> action) {
    Row row;
    try {
      if (!results.next()) {
        return false;
      }
      row = row(results, columns);
    } catch (SQLException e) {
      throw SnowflakeException.running(sql, e);
    }
    action.accept(row);
    return true;
  }

  /** Closes a statement and with it its result; what was read is read. */
  static void close(@Nullable Statement statement) {
    try {
      if (statement != null) {
        statement.close();
      }
    } catch (SQLException e) {
      LOG.debug("A statement could not be closed: {}", e.getMessage());
    }
  }
}
