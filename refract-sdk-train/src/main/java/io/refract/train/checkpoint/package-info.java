/** Files of a checkpoint: safetensors, shards, and directories that appear whole or not at all. */
@NullMarked
package io.refract.train.checkpoint;

import org.jspecify.annotations.NullMarked;
