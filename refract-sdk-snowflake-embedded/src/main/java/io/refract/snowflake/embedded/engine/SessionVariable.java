package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SnowflakeType;

/**
 * The value of a {@code $variable}.
 *
 * @param type its Snowflake type
 * @param literal the value as a Snowflake SQL literal, to stand in its place in a statement
 * @param text the value as text, for SHOW VARIABLES
 */
public record SessionVariable(SnowflakeType type, String literal, String text) {}
