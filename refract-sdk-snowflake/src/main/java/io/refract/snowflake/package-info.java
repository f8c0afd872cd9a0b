/** The connection to a Snowflake account or to an embedded server. */
@NullMarked
package io.refract.snowflake;

import org.jspecify.annotations.NullMarked;
