/** Files of a model with their hash manifest, and the stores that keep them. */
@NullMarked
package io.refract.artifact;

import org.jspecify.annotations.NullMarked;
