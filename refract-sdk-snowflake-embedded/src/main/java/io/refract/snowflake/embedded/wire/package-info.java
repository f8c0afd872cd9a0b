/** The HTTP protocol between the Snowflake JDBC driver and the engine. */
@NullMarked
package io.refract.snowflake.embedded.wire;

import org.jspecify.annotations.NullMarked;
