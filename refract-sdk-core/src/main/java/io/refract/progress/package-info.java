/** Progress of long work, and a bar that draws it on a terminal. */
@NullMarked
package io.refract.progress;

import org.jspecify.annotations.NullMarked;
