/**
 * What decides an update of the weights: the optimizer's settings and the learning rate's course.
 */
@NullMarked
package io.refract.train.optim;

import org.jspecify.annotations.NullMarked;
