package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** One embedded Snowflake for all tests of a class, and one connection for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerTest {

  protected EmbeddedSnowflake snowflake;
  protected Sql sql;

  @BeforeAll
  void startServer() {
    QuietDriver.install();
    snowflake = EmbeddedSnowflake.start();
  }

  @AfterAll
  void stopServer() {
    snowflake.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    sql = Sql.to(snowflake);
  }

  @AfterEach
  void disconnect() throws SQLException {
    sql.close();
  }

  /** Opens another connection, with properties in pairs. */
  protected Connection open(String... properties) throws SQLException {
    Properties all = snowflake.connectionProperties();
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection(snowflake.jdbcUrl(), all);
  }

  /** Asserts that a call fails with Snowflake's code and SQLState. */
  protected static SQLException assertFails(ThrowingCallable call, int code, String sqlState) {
    SQLException error = Assertions.catchThrowableOfType(SQLException.class, call);
    assertThat((Throwable) error).as("an SQLException").isNotNull();
    assertThat(error.getErrorCode()).as(error.getMessage()).isEqualTo(code);
    assertThat(error.getSQLState()).as(error.getMessage()).isEqualTo(sqlState);
    return error;
  }
}
