package io.refract.data;

import org.jspecify.annotations.Nullable;

/**
 * One row of a source of text pairs, as it stands there: nothing is left out yet.
 *
 * @param source the text to learn from, or null for an empty cell (SQL's NULL)
 * @param target the text to learn, or null for an empty cell
 */
public record TextPair(@Nullable String source, @Nullable String target) {}
