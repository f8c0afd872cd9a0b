package io.refract.snowflake.stage;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressListener;

/**
 * How files are put on a stage.
 *
 * @param directory the directory below the stage that receives the files; default: the stage itself
 * @param overwrite whether files of the same names are replaced; default true, because the driver
 *     otherwise keeps the old file whatever it contains
 * @param parallel parts and files that are sent at once, 1 to 99; default 4
 * @param progress hears of the bytes that were sent; default: nobody
 */
public record PutOptions(
    String directory, boolean overwrite, int parallel, ProgressListener progress) {

  /** Checks the values. */
  public PutOptions {
    checkArgument(
        parallel >= 1 && parallel <= 99, "parallel must be from 1 to 99 but was %s", parallel);
    requireNonNull(progress, "progress");
  }

  /** Returns the defaults. */
  public static PutOptions defaults() {
    return new PutOptions("", true, 4, ProgressListener.none());
  }

  /** Returns these options with another directory. */
  public PutOptions into(String value) {
    return new PutOptions(value, overwrite, parallel, progress);
  }

  /** Returns these options, replacing files of the same names or not. */
  public PutOptions overwrite(boolean value) {
    return new PutOptions(directory, value, parallel, progress);
  }

  /** Returns these options with another number of parts that are sent at once. */
  public PutOptions parallel(int value) {
    return new PutOptions(directory, overwrite, value, progress);
  }

  /** Returns these options with a listener. */
  public PutOptions progress(ProgressListener value) {
    return new PutOptions(directory, overwrite, parallel, value);
  }
}
