/**
 * Pairs of texts as a source gives them, so that modules that do not know each other can hand data
 * on: a Snowflake table becomes a data set to train on. {@link io.refract.data.TextPairs} is the
 * entry.
 */
@NullMarked
package io.refract.data;

import org.jspecify.annotations.NullMarked;
