/**
 * Names, literals and stage locations that are safe inside SQL text, and the session that runs it.
 */
@NullMarked
package io.refract.snowflake.sql;

import org.jspecify.annotations.NullMarked;
