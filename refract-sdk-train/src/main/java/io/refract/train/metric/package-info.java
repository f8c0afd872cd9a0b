/** Metrics that compare generated texts with reference texts. */
@NullMarked
package io.refract.train.metric;

import org.jspecify.annotations.NullMarked;
