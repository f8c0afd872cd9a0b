/**
 * Operations that the engine's Java interface lacks, as TorchScript that is written as text at run
 * time. Whatever is here has a form in plain operations elsewhere, for platforms where the text
 * does not load.
 */
@NullMarked
package io.refract.train.kernel;

import org.jspecify.annotations.NullMarked;
