/** User-defined functions in SQL, Java and Python, and their installation in DuckDB. */
@NullMarked
package io.refract.snowflake.embedded.function;

import org.jspecify.annotations.NullMarked;
