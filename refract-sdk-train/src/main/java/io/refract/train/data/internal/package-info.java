/**
 * Where texts and token ids of a data set lie: in a temporary file that is mapped into memory, with
 * primitive indexes over it. Knows bytes and rows, not examples.
 */
@NullMarked
package io.refract.train.data.internal;

import org.jspecify.annotations.NullMarked;
