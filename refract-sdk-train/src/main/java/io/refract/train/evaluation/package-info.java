/** How good a model is on given examples. */
@NullMarked
package io.refract.train.evaluation;

import org.jspecify.annotations.NullMarked;
