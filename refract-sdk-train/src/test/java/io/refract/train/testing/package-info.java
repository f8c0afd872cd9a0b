/** What tests of several packages share. */
@NullMarked
package io.refract.train.testing;

import org.jspecify.annotations.NullMarked;
