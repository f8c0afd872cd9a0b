/**
 * The SQL language of the embedded Snowflake: tokens, names, types, the translation to DuckDB and
 * the function library.
 */
@NullMarked
package io.refract.snowflake.embedded.sql;

import org.jspecify.annotations.NullMarked;
