package io.refract.snowflake.stage;

import java.nio.file.Path;

/**
 * What a put did with one file.
 *
 * @param source the local file
 * @param path its path below the stage
 * @param size its bytes
 * @param uploaded true when it was sent; false when a file of that name was there already and put
 *     was told not to overwrite, in which case its content was <em>not</em> compared
 */
public record StagedFile(Path source, String path, long size, boolean uploaded) {}
