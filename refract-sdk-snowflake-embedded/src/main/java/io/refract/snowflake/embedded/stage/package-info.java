/** Internal stages: their files on disk, and PUT, GET, LIST and REMOVE. */
@NullMarked
package io.refract.snowflake.embedded.stage;

import org.jspecify.annotations.NullMarked;
