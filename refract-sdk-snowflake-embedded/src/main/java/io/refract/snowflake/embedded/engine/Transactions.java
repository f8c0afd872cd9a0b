package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one session, by Snowflake's rules on DuckDB's.
 *
 * <p>DuckDB has no savepoints: after some errors its transaction is lost as a whole, where
 * Snowflake would undo one statement only. Such a transaction is marked as failed, and everything
 * but ROLLBACK is refused, so that nothing is half done unnoticed.
 */
public final class Transactions {

  /** A piece of work on the session's connection. */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    /** Runs the work. */
    T run() throws SQLException;
  }

  private final Connection connection;
  private final Runnable definitionsChanged;
  private boolean autocommit = true;
  private boolean active;
  private boolean failed;
  private @Nullable Instant startedAt;

  /**
   * Creates the transactions of a session.
   *
   * @param definitionsChanged is told after every DDL statement
   */
  Transactions(Connection connection, Runnable definitionsChanged) {
    this.connection = connection;
    this.definitionsChanged = definitionsChanged;
  }

  /** Tells whether every statement is a transaction of its own. */
  public boolean isAutocommit() {
    return autocommit;
  }

  /** Tells whether a transaction is open. */
  public boolean isActive() {
    return active;
  }

  /** Returns when the open transaction began, or null. */
  public @Nullable Instant startedAt() {
    return startedAt;
  }

  /** Switches autocommit; switching it on commits the open transaction, as in JDBC. */
  void setAutocommit(boolean on) throws SQLException {
    if (on && !autocommit) {
      commit();
    }
    autocommit = on;
  }

  /** Opens a transaction; does nothing when one is open, as in Snowflake. */
  void begin() throws SQLException {
    if (!active) {
      command("BEGIN TRANSACTION");
      active = true;
      startedAt = Instant.now();
    }
  }

  /** Opens a transaction before DML when autocommit is off. */
  public void beforeDml() throws SQLException {
    if (!autocommit) {
      begin();
    }
  }

  /** Commits the open transaction; succeeds when there is none. */
  void commit() throws SQLException {
    if (active) {
      if (failed) {
        rollback();
        throw lost("COMMIT");
      }
      try {
        command("COMMIT");
      } finally {
        active = false;
        startedAt = null;
      }
    }
  }

  /** Rolls the open transaction back; succeeds when there is none. */
  void rollback() throws SQLException {
    if (active) {
      active = false;
      failed = false;
      startedAt = null;
      command("ROLLBACK");
    }
  }

  /** Refuses a statement when an earlier error cost the open transaction. */
  void requireUsable(io.refract.snowflake.embedded.sql.Statement statement) {
    if (active && failed && statement.kind() != StatementKind.TRANSACTION) {
      throw lost(statement.kind().name());
    }
  }

  /** Finds out, after an error, whether DuckDB gave the open transaction up. */
  void afterError() {
    if (!active) {
      return;
    }
    try {
      command("SELECT 1");
    } catch (SQLException e) {
      failed = true;
    }
  }

  /**
   * Runs the work of a DDL statement: commits what is open, then runs all of it or nothing of it.
   */
  public <T extends @Nullable Object> T ddl(Work<T> work) throws SQLException {
    commit();
    try {
      return atomically(work);
    } finally {
      definitionsChanged.run();
    }
  }

  /** Runs work inside the open transaction, or in one of its own that is undone on an error. */
  public <T extends @Nullable Object> T atomically(Work<T> work) throws SQLException {
    if (active) {
      return work.run();
    }
    begin();
    boolean done = false;
    try {
      T value = work.run();
      done = true;
      return value;
    } finally {
      if (done) {
        commit();
      } else {
        rollback();
      }
    }
  }

  private void command(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static SqlError lost(String statement) {
    return SqlError.unsupported(
        "Continuing a transaction after a failed statement ("
            + statement
            + "). The embedded Snowflake lost the transaction with that error: ROLLBACK and repeat"
            + " it");
  }
}
