/** The root of all exceptions that the SDK throws. */
@NullMarked
package io.refract;

import org.jspecify.annotations.NullMarked;
