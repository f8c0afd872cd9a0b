/** User-defined functions: created from Python or Java, and called with types. */
@NullMarked
package io.refract.snowflake.function;

import org.jspecify.annotations.NullMarked;
