package io.refract.snowflake.embedded.sql;

import org.jspecify.annotations.Nullable;

/**
 * A column as a CREATE TABLE declares it.
 *
 * @param name the column
 * @param type its Snowflake type
 * @param nullable whether it takes NULL
 * @param defaultText the default as written, or null
 * @param comment the comment, or null
 * @param primaryKey whether it is part of the primary key
 * @param unique whether it is declared unique by itself
 */
public record ColumnDefinition(
    Identifier name,
    SnowflakeType type,
    boolean nullable,
    @Nullable String defaultText,
    @Nullable String comment,
    boolean primaryKey,
    boolean unique) {}
