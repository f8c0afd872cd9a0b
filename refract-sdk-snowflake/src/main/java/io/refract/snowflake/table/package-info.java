/** Rows of tables and queries as pairs of texts to train on. */
@NullMarked
package io.refract.snowflake.table;

import org.jspecify.annotations.NullMarked;
