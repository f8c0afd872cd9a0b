package io.refract.snowflake.stage;

import io.refract.snowflake.sql.Literal;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.StageLocation;
import java.nio.file.Path;

/** The text of each statement about stages. */
public final class StageStatements {

  private StageStatements() {}

  /** Returns the statement that creates a stage unless it exists. */
  public static String create(ObjectName stage) {
    return "CREATE STAGE IF NOT EXISTS " + stage.sql();
  }

  /** Returns the statement that drops a stage with its files, if it exists. */
  public static String drop(ObjectName stage) {
    return "DROP STAGE IF EXISTS " + stage.sql();
  }

  /**
   * Returns the statement that uploads a file as it is.
   *
   * @param localFile the quoted {@code 'file://...'} of the file or of a wildcard
   * @param directory the directory that receives it
   */
  static String put(String localFile, StageLocation directory, int parallel, boolean overwrite) {
    return "PUT %s %s PARALLEL=%s AUTO_COMPRESS=FALSE OVERWRITE=%s"
        .formatted(
            localFile, directory.asDirectory().sql(), parallel, overwrite ? "TRUE" : "FALSE");
  }

  /**
   * Returns the statement that uploads one file as it is.
   *
   * @param localFile a file for which {@link #canName} holds
   */
  public static String put(
      Path localFile, StageLocation directory, int parallel, boolean overwrite) {
    return put(LocalFiles.uri(localFile), directory, parallel, overwrite);
  }

  /**
   * Returns whether a PUT statement can name a local file. The driver cuts the path out of the
   * statement by itself and knows no escapes: quotes and wildcards cannot be part of it.
   */
  public static boolean canName(Path localFile) {
    return LocalFiles.isSafe(localFile);
  }

  /** Returns the statement that downloads a file into a local directory. */
  public static String get(StageLocation file, String localDirectory) {
    return "GET " + file.sql() + " " + localDirectory;
  }

  /** Returns the statement that lists whatever begins with a path. */
  public static String list(StageLocation beginning) {
    return "LIST " + beginning.sql();
  }

  /** Returns the statement that removes whatever begins with a path. */
  public static String remove(StageLocation beginning) {
    return "REMOVE " + beginning.sql();
  }

  /** Returns the statement that removes what begins with a path and matches a pattern. */
  public static String remove(StageLocation beginning, String pattern) {
    return "REMOVE " + beginning.sql() + " PATTERN=" + Literal.of(pattern);
  }
}
