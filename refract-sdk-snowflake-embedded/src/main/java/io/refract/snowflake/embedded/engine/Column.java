package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SnowflakeType;

/**
 * One column of a result.
 *
 * @param name the label, exactly as the client sees it
 * @param type the Snowflake type
 * @param nullable whether cells may be null
 */
public record Column(String name, SnowflakeType type, boolean nullable) {

  /** Returns a nullable column. */
  public static Column of(String name, SnowflakeType type) {
    return new Column(name, type, true);
  }
}
