package io.refract.snowflake.deploy;

/**
 * A statement that a deployment will send.
 *
 * @param purpose what it is for, in a few words
 * @param sql the statement
 */
public record PlannedStatement(String purpose, String sql) {}
