/** The Java side of the comparison with Python. */
@NullMarked
package io.refract.benchmarks;

import org.jspecify.annotations.NullMarked;
