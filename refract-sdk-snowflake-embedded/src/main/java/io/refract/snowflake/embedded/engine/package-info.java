/** Sessions, catalog and statement routing of the embedded Snowflake on one DuckDB instance. */
@NullMarked
package io.refract.snowflake.embedded.engine;

import org.jspecify.annotations.NullMarked;
