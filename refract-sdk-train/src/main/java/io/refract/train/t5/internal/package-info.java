/** What training and evaluation see of a T5; not exported, because it speaks in arrays of DJL. */
@NullMarked
package io.refract.train.t5.internal;

import org.jspecify.annotations.NullMarked;
