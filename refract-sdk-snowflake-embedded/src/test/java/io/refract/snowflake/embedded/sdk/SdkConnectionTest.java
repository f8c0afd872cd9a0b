package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.refract.snowflake.Snowflake;
import io.refract.snowflake.SnowflakeConfig;
import io.refract.snowflake.SnowflakeException;
import io.refract.snowflake.embedded.EmbeddedSnowflake;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to connect, with the real driver. */
class SdkConnectionTest {

  private static final String PASSWORD = "not a secret";

  private static EmbeddedSnowflake embedded;

  @BeforeAll
  static void start() {
    embedded = EmbeddedSnowflake.inMemory().password(PASSWORD).start();
  }

  @AfterAll
  static void stop() {
    embedded.close();
  }

  @Test
  void a_configuration_reaches_a_local_address() {
    SnowflakeConfig config =
        SnowflakeConfig.account("embedded")
            .password("ana", PASSWORD)
            .url(URI.create("http://127.0.0.1:" + embedded.port()))
            .database("DEMO")
            .schema("PUBLIC")
            .build();

    try (Snowflake snowflake = Snowflake.connect(config)) {
      assertThat(snowflake.query("SELECT CURRENT_DATABASE(), ?", "it's").get(0).asMap().values())
          .containsExactly("DEMO", "it's");
    }
  }

  @Test
  void a_wrong_password_is_an_error_that_does_not_repeat_it() {
    SnowflakeConfig config =
        SnowflakeConfig.account("embedded")
            .password("ana", "guessed wrong")
            .url(URI.create("http://127.0.0.1:" + embedded.port()))
            .build();

    assertThatThrownBy(() -> Snowflake.connect(config))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("embedded")
        .hasMessageNotContaining("guessed wrong");
  }

  @Test
  void a_connection_is_found_by_its_name_in_connections_toml(@TempDir Path home)
      throws IOException {
    assumeTrue(System.getenv("SNOWFLAKE_HOME") == null, "SNOWFLAKE_HOME is set: it wins");
    Path file = Files.createDirectory(home.resolve(".snowflake")).resolve("connections.toml");
    // All values are texts: the driver's reader does not take a number for the port.
    Files.writeString(
        file,
        """
        [local]
        account = "embedded"
        host = "127.0.0.1"
        port = "%d"
        protocol = "http"
        user = "ana"
        password = "%s"
        database = "DEMO"
        schema = "PUBLIC"
        """
            .formatted(embedded.port(), PASSWORD));
    restrict(file);
    String realHome = System.getProperty("user.home");
    System.setProperty("user.home", home.toString());
    try (Snowflake snowflake = Snowflake.connect("local")) {
      assertThat(snowflake.query("SELECT CURRENT_SCHEMA()").get(0).value(0)).isEqualTo("PUBLIC");
      assertThatThrownBy(() -> Snowflake.connect("other"))
          .isInstanceOf(SnowflakeException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("[local]");
    } finally {
      System.setProperty("user.home", realHome);
    }
  }

  @Test
  void a_failed_statement_carries_what_snowflake_says() {
    try (Snowflake snowflake = Snowflake.connect(embedded)) {
      SnowflakeException e =
          catchThrowableOfType(
              SnowflakeException.class, () -> snowflake.query("SELECT * FROM no_such_table"));

      assertThat(e.sqlState()).isEqualTo("42S02");
      assertThat(e.vendorCode()).isEqualTo(2003);
      assertThat(e.queryId()).isPresent();
      assertThat(e).hasMessageContaining("NO_SUCH_TABLE");
    }
  }

  private static void restrict(Path file) {
    assertThat(file.toFile().setReadable(false, false)).isTrue();
    assertThat(file.toFile().setReadable(true, true)).isTrue();
  }
}
