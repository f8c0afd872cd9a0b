/** A Snowflake in the JVM: starts the embedded server that the real JDBC driver talks to. */
@NullMarked
package io.refract.snowflake.embedded;

import org.jspecify.annotations.NullMarked;
