package io.refract.snowflake;

import java.util.Properties;

/** Something that a Snowflake JDBC driver can connect to, for example an embedded Snowflake. */
public interface SnowflakeEndpoint {

  /** Returns the JDBC address, {@code jdbc:snowflake://...}. */
  String jdbcUrl();

  /** Returns the connection properties that go with the address; a new object at each call. */
  Properties connectionProperties();
}
