package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConnectionTest extends ServerTest {

  @Test
  void the_unmodified_driver_connects_and_selects() throws Exception {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(1);
      assertThat(rows.next()).isFalse();
      assertThat(connection.getCatalog()).isEqualTo("DEMO");
      assertThat(connection.getSchema()).isEqualTo("PUBLIC");
      assertThat(connection.isValid(5)).isTrue();
      assertThat((Object) connection.getWarnings()).isNull();
    }
  }

  @Test
  void a_wrong_password_is_refused_as_snowflake_refuses_it() {
    assertFails(() -> open("password", "wrong").close(), 390100, "08001");
  }

  @Test
  void a_database_that_does_not_exist_gives_a_warning_and_no_current_database() throws Exception {
    try (Connection connection = open("db", "NOPE")) {
      assertThat((Object) connection.getWarnings()).isNotNull();
      assertFails(
          () -> connection.createStatement().execute("CREATE TABLE T (A INT)"), 90105, "22000");
    }
  }

  @Test
  void use_changes_what_the_driver_reports() throws Exception {
    sql.run("CREATE DATABASE OTHER", "CREATE SCHEMA OTHER.\"Mixed Case\"");
    assertThat(sql.connection().getCatalog()).isEqualTo("OTHER");
    assertThat(sql.connection().getSchema()).isEqualTo("Mixed Case");
    sql.connection().setCatalog("DEMO");
    assertThat(sql.connection().getCatalog()).isEqualTo("DEMO");
    assertThat(sql.rows("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()"))
        .containsExactly("DEMO|PUBLIC");
    sql.run("DROP DATABASE OTHER");
  }

  @Test
  void a_closed_connection_leaves_no_session() throws Exception {
    Connection connection = open();
    connection.close();
    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void many_sessions_work_at_the_same_time() throws Exception {
    sql.run("CREATE OR REPLACE TABLE PARALLEL_ROWS (SESSION_NUMBER INT, N INT)");
    int sessions = 12;
    int rows = 20;
    ExecutorService threads = Executors.newFixedThreadPool(sessions);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        int number = i;
        results.add(
            threads.submit(
                () -> {
                  try (Connection connection = open();
                      Statement statement = connection.createStatement()) {
                    for (int n = 0; n < rows; n++) {
                      statement.executeUpdate(
                          "INSERT INTO PARALLEL_ROWS VALUES (" + number + ", " + n + ")");
                    }
                    return 1;
                  }
                }));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get()).isEqualTo(1);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(sql.rows("SELECT COUNT(*), COUNT(DISTINCT SESSION_NUMBER) FROM PARALLEL_ROWS"))
        .containsExactly(sessions * rows + "|" + sessions);
  }

  @Test
  void no_text_of_a_server_holds_its_password() {
    String password = snowflake.connectionProperties().getProperty("password");
    assertThat(snowflake.toString()).doesNotContain(password);
    assertThat(snowflake.jdbcUrl()).doesNotContain(password);
  }

  @Test
  void any_login_is_accepted_only_on_demand() throws Exception {
    try (EmbeddedSnowflake server =
        EmbeddedSnowflake.inMemory().database("shop").schema("\"Raw\"").anyLogin().start()) {
      Properties properties = server.connectionProperties();
      properties.setProperty("user", "somebody");
      properties.setProperty("password", "whatever");
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), properties)) {
        assertThat(connection.getCatalog()).isEqualTo("SHOP");
        assertThat(connection.getSchema()).isEqualTo("Raw");
      }
    }
  }

  @Test
  void settings_are_checked_at_once() {
    assertThatThrownBy(() -> EmbeddedSnowflake.inMemory().port(70_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("70000");
    assertThatThrownBy(() -> EmbeddedSnowflake.inMemory().database("no name"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no name");
    assertThatThrownBy(() -> EmbeddedSnowflake.inMemory().password(" "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_taken_port_is_named() {
    assertThatThrownBy(() -> EmbeddedSnowflake.inMemory().port(snowflake.port()).start())
        .isInstanceOf(EmbeddedSnowflakeException.class)
        .hasMessageContaining(Integer.toString(snowflake.port()));
  }
}
