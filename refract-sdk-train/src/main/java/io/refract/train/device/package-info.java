/** Where models compute. */
@NullMarked
package io.refract.train.device;

import org.jspecify.annotations.NullMarked;
