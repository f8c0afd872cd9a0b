/**
 * Runnable samples, one idea per class; {@code samples/run NAME} runs one of them.
 *
 * <p>{@link io.refract.samples.EndToEnd} is the whole story in one program.
 */
@NullMarked
package io.refract.samples;

import org.jspecify.annotations.NullMarked;
