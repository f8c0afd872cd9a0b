package io.refract.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.google.common.base.Throwables;
import io.refract.RefractException;
import io.refract.snowflake.testing.FakeDriver;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnowflakeTest {

  private final FakeDriver driver = new FakeDriver();

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
  }

  @AfterEach
  void deregister() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  @Test
  void results_come_as_json_and_queries_are_tagged_unless_told_otherwise() {
    try (Snowflake snowflake = connect("query_tag", "mine")) {
      assertThat(snowflake.toString()).contains(driver.url);
    }

    assertThat(driver.connections)
        .containsExactly(
            properties(
                "JDBC_QUERY_RESULT_FORMAT",
                "JSON",
                "query_tag",
                "mine",
                "disablePlatformDetection",
                "true"));
    assertThat(driver.open).isZero();
  }

  @Test
  void statements_with_binds_are_prepared_and_rows_come_back_by_name() {
    driver.row.addAll(Arrays.asList("a", null, 7L));
    try (Snowflake snowflake = connect()) {
      List<io.refract.snowflake.sql.Row> rows = snowflake.query("SELECT ?, ?", "x", null);

      assertThat(driver.statements).containsExactly("SELECT ?, ? [x, null]");
      assertThat(rows).hasSize(1);
      assertThat(rows.get(0).asMap().toString()).isEqualTo("{COLUMN1=a, COLUMN2=null, COLUMN3=7}");
      assertThat(rows.get(0).text("column1")).isEqualTo("a");
      assertThat(rows.get(0).value(2, Integer.class)).isEqualTo(7);
      assertThat(rows.get(0).value(2, BigDecimal.class)).isEqualTo(BigDecimal.valueOf(7));
      assertThat(rows.get(0).value(1, String.class)).isNull();
      assertThatThrownBy(() -> rows.get(0).value(0, Long.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("COLUMN1");
      assertThatThrownBy(() -> rows.get(0).value("other")).hasMessageContaining("OTHER");
    }
  }

  @Test
  void a_binary_is_its_hexadecimal_digits_and_a_number_is_a_double_when_there_is_one() {
    driver.row.addAll(
        Arrays.asList(
            new byte[] {1, (byte) 0xab},
            12_345_678_901_234_567L,
            new BigDecimal("0.1"),
            9_007_199_254_740_992L));
    try (Snowflake snowflake = connect()) {
      io.refract.snowflake.sql.Row row = snowflake.query("SELECT 1").get(0);

      assertThat(row.text("COLUMN1")).isEqualTo("01AB");
      assertThat(row.value(0, String.class)).isEqualTo("01AB");
      assertThat(row.value(2, Double.class)).isEqualTo(0.1);
      assertThat(row.value(3, Double.class)).isEqualTo(0x1p53);
      assertThatThrownBy(() -> row.value(1, Double.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("COLUMN2");
    }
  }

  @Test
  void execute_returns_the_number_of_changed_rows() {
    try (Snowflake snowflake = connect()) {
      assertThat(snowflake.execute("DELETE FROM t")).isEqualTo(3);
    }
  }

  @Test
  void a_failed_statement_tells_query_id_state_code_and_statement() {
    driver.failure = new FakeDriver.FakeException("Object 'NOPE' does not exist", "42S02", 2003);
    try (Snowflake snowflake = connect()) {
      SnowflakeException e =
          catchThrowableOfType(
              SnowflakeException.class, () -> snowflake.query("SELECT * FROM nope"));

      assertThat(e)
          .isInstanceOf(RefractException.class)
          .hasMessageContaining("Object 'NOPE' does not exist")
          .hasMessageContaining("SELECT * FROM nope")
          .hasMessageContaining("01ab-cd");
      assertThat(e.queryId()).contains("01ab-cd");
      assertThat(e.sqlState()).isEqualTo("42S02");
      assertThat(e.vendorCode()).isEqualTo(2003);
      assertThat(e.statement()).contains("SELECT * FROM nope");
      assertThat(e.retryable()).isFalse();
    }
  }

  @Test
  void secrets_in_a_failed_statement_are_masked() {
    driver.failure = new SQLException("refused: PASSWORD = 'hunter2'", "42000", 1003);
    try (Snowflake snowflake = connect()) {
      assertThatThrownBy(
              () ->
                  snowflake.execute(
                      "ALTER USER ana SET PASSWORD = 'hunter2' rsa_token='it''s' COMMENT='kept'"))
          .hasMessageContaining("PASSWORD = '***'")
          .hasMessageContaining("rsa_token='***'")
          .hasMessageContaining("COMMENT='kept'")
          .extracting(Throwables::getStackTraceAsString, STRING)
          .doesNotContain("hunter2", "it''s");
      assertThatThrownBy(
              () ->
                  snowflake.execute(
                      "CREATE SECRET s SECRET_STRING = $$hunter2$$ COMMENT='kept' PASSWORD = '"
                          + "x".repeat(100_000)
                          + "'"))
          .hasMessageContaining("SECRET_STRING = '***' COMMENT='kept' PASSWORD = '***'");
    }
  }

  @Test
  void a_secret_in_an_address_is_masked() {
    SnowflakeEndpoint nowhere =
        new SnowflakeEndpoint() {
          @Override
          public String jdbcUrl() {
            return "jdbc:nothing://x/?user=ana&password=hunter2&db=d";
          }

          @Override
          public Properties connectionProperties() {
            return new Properties();
          }
        };

    assertThatThrownBy(() -> Snowflake.connect(nowhere))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("user=ana&password='***'&db=d")
        .extracting(Throwables::getStackTraceAsString, STRING)
        .doesNotContain("hunter2");
  }

  @Test
  void a_failure_without_secrets_keeps_the_exception_of_the_driver() {
    driver.failure = new SQLException("refused", "42000", 1003);
    try (Snowflake snowflake = connect()) {
      assertThatThrownBy(() -> snowflake.execute("DROP TABLE t")).hasCause(driver.failure);
    }
  }

  @Test
  void a_lost_connection_may_be_retried_and_a_refused_login_may_not() {
    try (Snowflake snowflake = connect()) {
      for (SQLException passing :
          List.of(
              new SQLTransientConnectionException("connection reset", "08006"),
              new SQLException("JDBC driver encountered communication error", "58030", 200015),
              new SQLException("gateway timeout", "08006", 504))) {
        assertThat(retryable(snowflake, passing)).as(passing.getMessage()).isTrue();
      }
      for (SQLException lasting :
          List.of(
              new SQLException("Incorrect username or password was specified", "08001", 390100),
              new SQLException("Invalid OAuth access token", "08001", 390303),
              new SQLException("No suitable driver found for jdbc:x", "08001"),
              new SQLException("Connection string is invalid", "08000", 200059),
              new SQLException("Connection has been closed", "08003", 200052),
              new SQLException("Object does not exist", "42S02", 2003))) {
        assertThat(retryable(snowflake, lasting)).as(lasting.getMessage()).isFalse();
      }
    }
  }

  private boolean retryable(Snowflake snowflake, SQLException failure) {
    driver.failure = failure;
    return catchThrowableOfType(SnowflakeException.class, () -> snowflake.query("SELECT 1"))
        .retryable();
  }

  @Test
  void a_closed_connection_says_so() {
    Snowflake snowflake = connect();
    snowflake.close();

    assertThatThrownBy(() -> snowflake.query("SELECT 1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void without_the_driver_the_error_names_the_dependency() {
    SnowflakeConfig config = SnowflakeConfig.account("org-acc").password("ana", "pw1").build();

    assertThatThrownBy(() -> Snowflake.connect(config))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("net.snowflake:snowflake-jdbc")
        .hasMessageContaining("org-acc")
        .hasMessageNotContaining("pw1");
  }

  @Test
  void a_configuration_becomes_connection_properties_and_hides_its_secrets() {
    SnowflakeConfig config =
        SnowflakeConfig.account("org-acc")
            .keyPair("ANA", Path.of("/keys/rsa.p8"), "opensesame")
            .role("ML")
            .warehouse("W")
            .database("D")
            .schema("S")
            .queryTag("nightly")
            .loginTimeout(Duration.ofSeconds(20))
            .networkTimeout(Duration.ofSeconds(5))
            .property("proxyPassword", "hush")
            .build();

    assertThat(config.jdbcUrl()).isEqualTo("jdbc:snowflake://org-acc.snowflakecomputing.com/");
    assertThat(config.connectionProperties())
        .isEqualTo(
            properties(
                "user", "ANA",
                "authenticator", "snowflake_jwt",
                "private_key_file", Path.of("/keys/rsa.p8").toAbsolutePath().toString(),
                "private_key_pwd", "opensesame",
                "account", "org-acc",
                "role", "ML",
                "warehouse", "W",
                "db", "D",
                "schema", "S",
                "QUERY_TAG", "nightly",
                "loginTimeout", "20",
                "networkTimeout", "5000",
                "proxyPassword", "hush"));
    assertThat(config.toString())
        .contains("org-acc", "role=ML")
        .doesNotContain("opensesame", "hush");
  }

  @Test
  void each_kind_of_credentials_has_its_authenticator_and_hides_its_secret() {
    Map<Credentials, String> kinds =
        Map.of(
            new Credentials.AccessToken("a", "s3cret"), "programmatic_access_token",
            new Credentials.OAuth("s3cret"), "oauth",
            new Credentials.ExternalBrowser("a"), "externalbrowser");

    kinds.forEach(
        (credentials, authenticator) -> {
          assertThat(credentials.properties()).containsEntry("authenticator", authenticator);
          assertThat(credentials.toString()).doesNotContain("s3cret");
        });
    assertThat(new Credentials.Password("a", "s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void a_local_address_is_reached_without_encryption_only_when_it_says_http() {
    SnowflakeConfig plain =
        SnowflakeConfig.account("acc")
            .password("u", "p")
            .url(URI.create("http://127.0.0.1:8080"))
            .build();

    assertThat(plain.jdbcUrl()).isEqualTo("jdbc:snowflake://127.0.0.1:8080/");
    assertThat(plain.connectionProperties()).containsEntry("ssl", "off");
    assertThatThrownBy(
            () ->
                SnowflakeConfig.account("acc")
                    .password("u", "p")
                    .url(URI.create("https://h/db"))
                    .build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SnowflakeConfig.account("evil/?x").password("u", "p").build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SnowflakeConfig.account("acc").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no credentials");
  }

  @Test
  void a_missing_connections_file_is_named(@TempDir Path home) {
    Path file = home.resolve("connections.toml");

    assertThat(ConnectionsFile.at(file).problemWith("default"))
        .contains(file.toString(), "[default]", "SNOWFLAKE_HOME");
  }

  @Test
  void an_unknown_connection_is_told_which_ones_there_are(@TempDir Path home) throws IOException {
    Path file =
        Files.writeString(
            home.resolve("connections.toml"),
            """
            # [commented]
            [default]
            account = "a"
            ["my prod"]
            account = "b"
            inline = { account = "c" }
            """);
    ConnectionsFile connections = ConnectionsFile.at(file);

    assertThat(connections.problemWith("default")).isNull();
    assertThat(connections.problemWith("my prod")).isNull();
    assertThat(connections.problemWith("inline")).isNull();
    assertThat(connections.problemWith("test"))
        .contains(file.toString(), "[test]", "[default, inline, my prod]");
  }

  @Test
  void what_a_connection_sets_is_known_by_name(@TempDir Path home) throws IOException {
    Path file =
        Files.writeString(
            home.resolve("connections.toml"),
            """
            inline = { account = "c", "QUERY_TAG" = "x" }
            [default]
            account = "a=b"
            query_tag = "nightly"

            [other]
            'user' = "u"
            """);
    ConnectionsFile connections = ConnectionsFile.at(file);

    assertThat(connections.keysOf("default")).containsExactlyInAnyOrder("account", "query_tag");
    assertThat(connections.keysOf("other")).containsExactly("user");
    assertThat(connections.keysOf("inline")).containsExactlyInAnyOrder("account", "QUERY_TAG");
    assertThat(connections.keysOf("none")).isEmpty();
    assertThat(ConnectionsFile.at(home.resolve("nothing")).keysOf("default")).isEmpty();
  }

  @Test
  void what_the_driver_reads_by_itself_is_not_replaced_by_a_default() throws SQLException {
    Driver.open(driver.url, new Properties(), Set.of("query_tag"), "a test").close();

    assertThat(driver.connections)
        .containsExactly(
            properties("JDBC_QUERY_RESULT_FORMAT", "JSON", "disablePlatformDetection", "true"));
  }

  private Snowflake connect(String... keysAndValues) {
    return Snowflake.connect(
        new SnowflakeEndpoint() {
          @Override
          public String jdbcUrl() {
            return driver.url;
          }

          @Override
          public Properties connectionProperties() {
            return properties(keysAndValues);
          }
        });
  }

  private static Properties properties(String... keysAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
    }
    return properties;
  }
}
