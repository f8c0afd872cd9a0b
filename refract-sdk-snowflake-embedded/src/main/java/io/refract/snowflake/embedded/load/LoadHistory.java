package io.refract.snowflake.embedded.load;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.stage.Stage;
import java.io.IOException;
import java.sql.SQLException;

/**
 * Remembers which files a table has loaded, so that COPY INTO does not load them again.
 *
 * <p>A file counts as the same when its stage, path and content are. It lies in a hidden DuckDB
 * table and is written in the transaction of the load.
 */
final class LoadHistory {

  private static final String TABLE = "\"REFRACT$CATALOG\".load_history";

  private LoadHistory() {}

  static void createTable(Session session) throws SQLException {
    session.update(
        "CREATE TABLE IF NOT EXISTS "
            + TABLE
            + " (table_name VARCHAR, incarnation VARCHAR, stage VARCHAR, path VARCHAR, digest"
            + " VARCHAR, loaded_on TIMESTAMPTZ)");
  }

  static boolean contains(TargetTable table, Stage stage, Stage.StagedFile file, Session session)
      throws SQLException {
    return !session
        .query(
            "SELECT 1 FROM "
                + TABLE
                + " WHERE table_name = ? AND incarnation = ? AND stage = ? AND path = ? AND digest"
                + " = ?",
            table.duckDb(),
            table.incarnation(),
            stage.directory().toString(),
            file.path(),
            digest(file))
        .isEmpty();
  }

  static void add(TargetTable table, Stage stage, Stage.StagedFile file, Session session)
      throws SQLException {
    session.update(
        "INSERT INTO " + TABLE + " VALUES (?, ?, ?, ?, ?, now())",
        table.duckDb(),
        table.incarnation(),
        stage.directory().toString(),
        file.path(),
        digest(file));
  }

  /** Forgets all files of a table, as TRUNCATE does. */
  static void forget(String duckDbTable, Session session) throws SQLException {
    session.update("DELETE FROM " + TABLE + " WHERE table_name = ?", duckDbTable);
  }

  private static String digest(Stage.StagedFile file) {
    try {
      return MoreFiles.asByteSource(file.file()).hash(Hashing.sha256()).toString();
    } catch (IOException e) {
      throw StagedReader.failed(file.path(), e);
    }
  }
}
