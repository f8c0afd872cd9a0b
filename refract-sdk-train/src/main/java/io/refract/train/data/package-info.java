/** Data sets of source and target texts, their splits, and batches of token ids. */
@NullMarked
package io.refract.train.data;

import org.jspecify.annotations.NullMarked;
