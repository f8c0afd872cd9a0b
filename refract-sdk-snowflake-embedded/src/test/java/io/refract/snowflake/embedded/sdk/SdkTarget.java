package io.refract.snowflake.embedded.sdk;

import io.refract.snowflake.Snowflake;
import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.sql.Identifier;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the SDK's suites run against: an embedded Snowflake, or the account whose connection the
 * environment variable {@value #VARIABLE} names. Everything happens in a schema of its own, which
 * is dropped at the end.
 */
final class SdkTarget implements AutoCloseable {

  static final String VARIABLE = "REFRACT_SNOWFLAKE_CONNECTION";

  private final @Nullable EmbeddedSnowflake embedded;
  private final Snowflake snowflake;
  private final String schema;

  private SdkTarget(@Nullable EmbeddedSnowflake embedded, Snowflake snowflake) {
    this.embedded = embedded;
    this.snowflake = snowflake;
    this.schema =
        "REFRACT_TEST_" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
  }

  static SdkTarget open() {
    String connection = System.getenv(VARIABLE);
    SdkTarget target;
    if (connection == null || connection.isBlank()) {
      EmbeddedSnowflake embedded = EmbeddedSnowflake.start();
      target = new SdkTarget(embedded, Snowflake.connect(embedded));
    } else {
      target = new SdkTarget(null, Snowflake.connect(connection));
    }
    target.snowflake.execute("CREATE SCHEMA " + target.schema);
    target.snowflake.execute("USE SCHEMA " + target.schema);
    return target;
  }

  Snowflake snowflake() {
    return snowflake;
  }

  /** Returns database and schema for SQL. */
  String namespace() {
    Object database = snowflake.query("SELECT CURRENT_DATABASE()").get(0).value(0);
    return new Identifier(String.valueOf(database)).sql() + "." + schema;
  }

  @Override
  public void close() {
    try (snowflake) {
      snowflake.execute("DROP SCHEMA " + schema);
    } finally {
      if (embedded != null) {
        embedded.close();
      }
    }
  }
}
