package io.refract.snowflake;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import io.refract.internal.Secrets;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One JDBC connection; the statements of several threads run one after the other. */
final class JdbcSession implements SqlSession, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  JdbcSession(Connection connection) {
    this.connection = connection;
  }

  @Override
  public List<Row> query(String sql, @Nullable Object... binds) {
    return run(
        sql,
        binds,
        (statement, hasRows) -> hasRows ? rows(statement.getResultSet()) : ImmutableList.of());
  }

  @Override
  public long execute(String sql, @Nullable Object... binds) {
    return run(
        sql,
        binds,
        (statement, hasRows) -> hasRows ? 0L : Math.max(0L, statement.getUpdateCount()));
  }

  @Override
  public Stream<Row> stream(String sql, @Nullable Object... binds) {
    checkOpen();
    lock.lock();
    try {
      note("Streaming", sql);
      return open(sql, binds).stream();
    } catch (SQLException e) {
      throw SnowflakeException.running(sql, e);
    } finally {
      lock.unlock();
    }
  }

  /** The driver fetches the portions of a result beside the session, so nobody waits for them. */
  private ResultRows open(String sql, @Nullable Object[] binds) throws SQLException {
    PreparedStatement statement = prepare(sql, binds);
    try {
      return ResultRows.of(sql, statement, statement.executeQuery());
    } catch (SQLException e) {
      ResultRows.close(statement);
      throw e;
    }
  }

  private <T> T run(String sql, @Nullable Object[] binds, Outcome<T> outcome) {
    checkOpen();
    lock.lock();
    try {
      note("Running", sql);
      if (binds.length == 0) {
        // Not prepared: PUT, GET and most DDL cannot be.
        try (Statement statement = connection.createStatement()) {
          return outcome.of(statement, statement.execute(sql));
        }
      }
      try (PreparedStatement statement = prepare(sql, binds)) {
        return outcome.of(statement, statement.execute());
      }
    } catch (SQLException e) {
      throw SnowflakeException.running(sql, e);
    } finally {
      lock.unlock();
    }
  }

  private static void note(String what, String sql) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} {}", what, Secrets.masked(sql));
    }
  }

  private void checkOpen() {
    checkState(!closed, "this connection is closed; open another with Snowflake.connect(...)");
  }

  private PreparedStatement prepare(String sql, @Nullable Object[] binds) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < binds.length; i++) {
        bind(statement, i + 1, binds[i]);
      }
      return statement;
    } catch (SQLException e) {
      ResultRows.close(statement);
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, int position, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(position, Types.VARCHAR);
    } else {
      statement.setObject(position, value);
    }
  }

  private static List<Row> rows(ResultSet results) throws SQLException {
    try (results) {
      List<String> columns = ResultRows.columns(results);
      ImmutableList.Builder<Row> rows = ImmutableList.builder();
      while (results.next()) {
        rows.add(ResultRows.row(results, columns));
      }
      return rows.build();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      connection.close();
    } catch (SQLException e) {
      // What was run is run; a failed logout leaves a session that the service ends by itself.
      LOG.warn("The connection could not be closed in order: {}", e.getMessage());
    }
  }

  /** What becomes of a statement that ran. */
  private interface Outcome<T> {
    T of(Statement statement, boolean hasRows) throws SQLException;
  }
}
