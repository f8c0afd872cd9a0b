/** How a decoder turns scores into tokens. */
@NullMarked
package io.refract.train.generation;

import org.jspecify.annotations.NullMarked;
