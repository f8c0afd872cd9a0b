/** The arithmetic of an update on the engine's arrays. */
@NullMarked
package io.refract.train.optim.internal;

import org.jspecify.annotations.NullMarked;
