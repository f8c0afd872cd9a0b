/** What an application can hear of a running training. */
@NullMarked
package io.refract.train.callback;

import org.jspecify.annotations.NullMarked;
