/** COPY INTO: reads staged files into tables. */
@NullMarked
package io.refract.snowflake.embedded.load;

import org.jspecify.annotations.NullMarked;
