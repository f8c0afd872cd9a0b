/**
 * T5 of Raffel et al., "Exploring the Limits of Transfer Learning" (JMLR 2020), in all its forms.
 */
@NullMarked
package io.refract.train.t5;

import org.jspecify.annotations.NullMarked;
