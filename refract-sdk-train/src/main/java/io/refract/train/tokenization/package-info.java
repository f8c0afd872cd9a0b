/** Text to token ids and back, for T5 checkpoints in the Hugging Face directory form. */
@NullMarked
package io.refract.train.tokenization;

import org.jspecify.annotations.NullMarked;
