/** Reading and writing of the JSON files of a checkpoint. */
@NullMarked
package io.refract.train.checkpoint.internal;

import org.jspecify.annotations.NullMarked;
