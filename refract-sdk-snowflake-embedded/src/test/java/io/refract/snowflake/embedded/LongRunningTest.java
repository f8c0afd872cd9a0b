package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LongRunningTest extends ServerTest {

  /** Runs for minutes when nobody stops it. */
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) A, TABLE(GENERATOR(ROWCOUNT =>"
          + " 10000000)) B WHERE SIN(RANDOM()) > 2";

  @Test
  void a_query_can_be_canceled_from_another_thread() throws Exception {
    try (Statement statement = sql.connection().createStatement()) {
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () -> {
                started.countDown();
                try {
                  statement.executeQuery(ENDLESS).close();
                  return new SQLException("it was not canceled");
                } catch (SQLException e) {
                  return e;
                }
              });
      started.await();
      SQLException error = cancelUntilDone(statement, failure);
      assertThat(error.getErrorCode()).isEqualTo(604);
      assertThat(error.getSQLState()).isEqualTo("57014");
    }
    assertThat(sql.rows("SELECT 1")).containsExactly("1");
  }

  @Test
  void a_query_timeout_ends_the_query() throws SQLException {
    try (Statement statement = sql.connection().createStatement()) {
      statement.setQueryTimeout(1);
      SQLException error =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              SQLException.class, () -> statement.executeQuery(ENDLESS));
      assertThat((Throwable) error).isNotNull();
      assertThat(error.getSQLState()).isEqualTo("57014");
    }
    assertThat(sql.rows("SELECT 1")).containsExactly("1");
  }

  @Test
  void the_statement_timeout_of_the_session_ends_the_query() throws SQLException {
    sql.run("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1");
    assertFails(() -> sql.rows(ENDLESS), 630, "57014");
    sql.run("ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS");
  }

  @Test
  void an_asynchronous_query_answers_later() throws Exception {
    try (Statement statement = sql.connection().createStatement();
        ResultSet rows =
            async(statement, "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 20000))")) {
      long count = 0;
      while (rows.next()) {
        count++;
      }
      assertThat(count).isEqualTo(20_000);
    }
  }

  @Test
  void the_result_of_an_earlier_query_can_be_queried() throws SQLException {
    sql.run("CREATE OR REPLACE TABLE SCANNED (A INT)", "INSERT INTO SCANNED VALUES (1), (2)");
    assertThat(sql.rows("SHOW TABLES LIKE 'SCANNED'")).hasSize(1);
    assertThat(sql.rows("SELECT \"name\", \"rows\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))"))
        .containsExactly("SCANNED|2");
    sql.rows("SELECT A FROM SCANNED ORDER BY A");
    assertThat(sql.rows("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))"))
        .containsExactly("1", "2");
  }

  // "LAST_QUERY_ID": -1 is the latest statement, -2 the one before it.
  @Test
  void the_result_before_the_last_can_be_queried() throws SQLException {
    sql.rows("SELECT 'first'");
    sql.rows("SELECT 'second'");
    assertThat(sql.rows("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(-2)))"))
        .containsExactly("first");
  }

  /** Cancels again and again: the first cancel may come before the query has begun. */
  private static SQLException cancelUntilDone(
      Statement statement, CompletableFuture<SQLException> failure) throws Exception {
    while (true) {
      try {
        return failure.get(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        statement.cancel();
      }
    }
  }

  /** Calls the driver's own method, which the tests do not compile against. */
  private static ResultSet async(Statement statement, String query) throws Exception {
    Class<?> type = Class.forName("net.snowflake.client.api.statement.SnowflakeStatement");
    Method method = type.getMethod("executeAsyncQuery", String.class);
    return (ResultSet) method.invoke(statement.unwrap(type), query);
  }
}
