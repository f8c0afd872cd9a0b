package io.refract.snowflake.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that a deployment uploads.
 *
 * @param name its name on the stage
 * @param size its bytes
 * @param sha256 its digest
 * @param local where PUT finds it
 * @param origin the file that is linked to {@code local} before, or null when that is the file
 *     itself or is written from {@code content}
 * @param content the text that is written to {@code local} before, or null
 */
record UploadFile(
    String name,
    long size,
    String sha256,
    Path local,
    @Nullable Path origin,
    @Nullable String content) {

  /** Makes sure that PUT finds the file. */
  void prepare() throws IOException {
    if (content != null) {
      Files.createDirectories(local.getParent());
      Files.writeString(local, content, StandardCharsets.UTF_8);
    } else if (origin != null) {
      Files.createDirectories(local.getParent());
      try {
        Files.createLink(local, origin.toRealPath());
      } catch (UnsupportedOperationException | IOException e) {
        Files.copy(origin, local);
      }
    }
  }
}
