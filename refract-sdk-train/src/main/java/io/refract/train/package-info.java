/** Fine-tuning of T5: the trainer, its configuration and its result. */
@NullMarked
package io.refract.train;

import org.jspecify.annotations.NullMarked;
