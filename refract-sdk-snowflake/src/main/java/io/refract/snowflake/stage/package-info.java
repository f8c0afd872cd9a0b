/** Named stages: places for files in Snowflake. */
@NullMarked
package io.refract.snowflake.stage;

import org.jspecify.annotations.NullMarked;
