/** Timings of the Java parts. */
@NullMarked
package io.refract.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
