/** SHOW and DESCRIBE: what exists, in the columns and the order of Snowflake. */
@NullMarked
package io.refract.snowflake.embedded.show;

import org.jspecify.annotations.NullMarked;
