package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SnowflakeType;

/**
 * The value of a {@code $variable}.
 *
 * @param type its Snowflake type
 * @param text the value as text
 */
public record SessionVariable(SnowflakeType type, String text) {

  /** Returns the value as a DuckDB expression. */
  public String duckDb() {
    return "CAST(" + Catalog.literal(text) + " AS " + type.duckDb() + ")";
  }
}
