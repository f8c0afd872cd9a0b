/** Search over the arrays of the engine. */
@NullMarked
package io.refract.train.generation.internal;

import org.jspecify.annotations.NullMarked;
