package io.refract.snowflake.embedded.stage;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.TableEntry;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the stages of an engine on disk.
 *
 * <p>A named stage has a directory of its own for every CREATE, so that CREATE OR REPLACE gives an
 * empty stage at once, whenever the process ends. So has the stage of a table.
 */
public final class Stages {

  /** The attribute of a stage that names its directory. */
  static final String DIRECTORY = "directory";

  /** The attribute of a stage with its file format, as it was written between parentheses. */
  public static final String FILE_FORMAT = "file_format";

  private final Engine engine;
  private final Path root;

  /** Makes the finder of an engine's stages. */
  public Stages(Engine engine) {
    this.engine = engine;
    this.root = engine.settings().stageDirectory().toAbsolutePath().normalize();
  }

  /**
   * Finds the stage of a path.
   *
   * @throws SqlError 002003 when the stage, or the table of a table stage, does not exist
   */
  public Stage find(StagePath path, Session session) throws SQLException {
    QualifiedName name = path.name();
    if (name == null) {
      return new Stage(root.resolve("user").resolve(PathNames.encode(session.user())), "");
    }
    QualifiedName.Full full = session.resolve(name);
    if (path.kind() == StagePath.Kind.TABLE) {
      return new Stage(tableDirectory(full, session), "");
    }
    CatalogObject object = definition(full, session);
    if (object == null) {
      throw SqlError.missingObject("Stage", full.sql());
    }
    return new Stage(
        root.resolve("named").resolve(object.attribute(DIRECTORY)),
        full.name().name().toLowerCase(Locale.ROOT) + "/");
  }

  /**
   * Returns the catalog's entry of a named stage; null for table and user stages.
   *
   * @throws SqlError 002003 when there is no such stage
   */
  public @Nullable CatalogObject definition(StagePath path, Session session) throws SQLException {
    QualifiedName name = path.name();
    if (name == null || path.kind() != StagePath.Kind.NAMED) {
      return null;
    }
    QualifiedName.Full full = session.resolve(name);
    CatalogObject object = definition(full, session);
    if (object == null) {
      throw SqlError.missingObject("Stage", full.sql());
    }
    return object;
  }

  /** Returns the directory name for a stage that is created now. */
  static String newDirectory(QualifiedName.Full name) {
    String readable = PathNames.encode(name.sql());
    return readable.substring(0, Math.min(80, readable.length())) + "-" + UUID.randomUUID();
  }

  /** Returns the stage of a catalog entry, whether or not the entry still exists. */
  Stage of(CatalogObject object) {
    return new Stage(root.resolve("named").resolve(object.attribute(DIRECTORY)), "");
  }

  /** Deletes the files of a stage that the catalog no longer has; other objects have none. */
  public void discard(CatalogObject object) {
    if (object.kind() == ObjectKind.STAGE) {
      of(object).deleteAll();
    }
  }

  private @Nullable CatalogObject definition(QualifiedName.Full name, Session session)
      throws SQLException {
    return engine.catalog().find(session, ObjectKind.STAGE, name, "");
  }

  private Path tableDirectory(QualifiedName.Full name, Session session) throws SQLException {
    TableEntry table = TableEntry.find(session, name);
    if (table == null) {
      throw SqlError.missingObject(name.sql());
    }
    // The name alone would give the files of a dropped table to the next one of its name, and those
    // of one session's temporary table to another session.
    return root.resolve("table")
        .resolve(PathNames.encode(name.sql()))
        .resolve(PathNames.encode(table.incarnation()));
  }
}
