/** File formats: their options, and CREATE, ALTER and DROP FILE FORMAT. */
@NullMarked
package io.refract.snowflake.embedded.format;

import org.jspecify.annotations.NullMarked;
