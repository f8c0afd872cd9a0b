/** Score functions and the scorers that run them over a model. */
@NullMarked
package io.refract.scoring;

import org.jspecify.annotations.NullMarked;
