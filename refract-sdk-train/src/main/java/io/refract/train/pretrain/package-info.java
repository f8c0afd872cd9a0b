/**
 * What T5 learns from before it is fine-tuned: plain text with spans to restore, and several tasks
 * at once.
 */
@NullMarked
package io.refract.train.pretrain;

import org.jspecify.annotations.NullMarked;
