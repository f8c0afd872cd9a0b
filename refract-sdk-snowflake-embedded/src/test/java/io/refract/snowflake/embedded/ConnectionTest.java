package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class ConnectionTest {

  @Test
  void the_unmodified_driver_connects_and_selects() throws Exception {
    try (EmbeddedSnowflake snowflake = EmbeddedSnowflake.start();
        Connection connection =
            DriverManager.getConnection(snowflake.jdbcUrl(), snowflake.connectionProperties());
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
}
