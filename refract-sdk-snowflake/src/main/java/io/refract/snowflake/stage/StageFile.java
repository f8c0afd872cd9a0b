package io.refract.snowflake.stage;

import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file on a stage, as LIST shows it.
 *
 * @param path the path below the stage, for example {@code news/1-ab12/config.json}
 * @param size bytes as stored; with client-side encryption up to 16 more than the file's own
 * @param md5 a digest of what is stored, which is not the file's own on an encrypted stage, or null
 * @param lastModified when it was stored, or null when that is not known
 */
public record StageFile(
    String path, long size, @Nullable String md5, @Nullable Instant lastModified) {

  private static final int CIPHER_BLOCK = 16;

  /** Reads a row of LIST, whose names begin with the stage's own name. */
  static StageFile of(Row row, ObjectName stage) {
    String name = String.valueOf(row.value("name"));
    String prefix = stage.last().name().toLowerCase(Locale.ROOT) + "/";
    String path =
        name.toLowerCase(Locale.ROOT).startsWith(prefix)
            ? name.substring(prefix.length())
            : name.substring(name.indexOf('/') + 1);
    return new StageFile(
        path,
        Long.parseLong(String.valueOf(row.value("size"))),
        row.text("md5"),
        time(row.text("last_modified")));
  }

  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null
          ? null
          : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Returns the last part of the path. */
  public String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Returns whether a file of {@code length} bytes can be stored in this size: as it is, or padded
   * to whole cipher blocks by the client-side encryption of {@code SNOWFLAKE_FULL}.
   */
  public boolean holds(long length) {
    return size == length || size == (length / CIPHER_BLOCK + 1) * CIPHER_BLOCK;
  }
}
