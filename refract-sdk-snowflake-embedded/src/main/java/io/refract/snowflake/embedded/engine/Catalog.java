package io.refract.snowflake.embedded.engine;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The databases, schemas, stages, file formats and functions of an engine.
 *
 * <p>They lie in DuckDB tables of a hidden schema and are changed in the session's transaction, so
 * that they live and die together with the tables. A Snowflake schema is the DuckDB schema {@code
 * DATABASE.SCHEMA}. Temporary objects are kept by their session.
 */
public final class Catalog {

  /** The schema that every new database has besides PUBLIC. */
  public static final Identifier INFORMATION_SCHEMA = new Identifier("INFORMATION_SCHEMA");

  private static final Gson GSON = new Gson();

  private final Connection root;

  Catalog(Connection root) {
    this.root = root;
  }

  /** Makes the hidden tables and the first database where they are missing. */
  void initialize(String database, String schema) throws SQLException {
    CatalogSetup.run(root, new Identifier(database), new Identifier(schema));
  }

  /**
   * A database.
   *
   * @param name its name
   * @param createdOn when it was created
   * @param owner the role that owns it
   * @param comment the user's comment
   */
  public record Database(String name, Object createdOn, String owner, String comment) {}

  /**
   * A schema.
   *
   * @param database the name of its database
   * @param name its name
   * @param createdOn when it was created
   * @param owner the role that owns it; empty for INFORMATION_SCHEMA
   * @param comment the user's comment
   */
  public record Schema(
      String database, String name, Object createdOn, String owner, String comment) {

    /** Returns the name of the DuckDB schema that holds its tables, unquoted. */
    public String duckDbName() {
      return QualifiedName.duckDbSchema(new Identifier(database), new Identifier(name));
    }
  }

  /** Returns all databases by name. */
  public List<Database> databases(Session session) throws SQLException {
    List<Database> databases = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT name, created_on, owner, comment FROM "
                + CatalogTables.DATABASES
                + " ORDER BY name")) {
      databases.add(new Database(text(row[0]), orEmpty(row[1]), text(row[2]), text(row[3])));
    }
    return databases;
  }

  /** Returns all schemas by database and name. */
  public List<Schema> schemas(Session session) throws SQLException {
    List<Schema> schemas = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT database_name, name, created_on, owner, comment FROM "
                + CatalogTables.SCHEMAS
                + " ORDER BY database_name, name")) {
      schemas.add(
          new Schema(text(row[0]), text(row[1]), orEmpty(row[2]), text(row[3]), text(row[4])));
    }
    return schemas;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static Object orEmpty(@Nullable Object value) {
    return value == null ? "" : value;
  }

  /** Tells whether a database exists. */
  public boolean databaseExists(Session session, Identifier database) throws SQLException {
    return !session
        .query("SELECT 1 FROM " + CatalogTables.DATABASES + " WHERE name = ?", database.name())
        .isEmpty();
  }

  /** Tells whether a schema exists. */
  public boolean schemaExists(Session session, Identifier database, Identifier schema)
      throws SQLException {
    return !session
        .query(
            "SELECT 1 FROM " + CatalogTables.SCHEMAS + " WHERE database_name = ? AND name = ?",
            database.name(),
            schema.name())
        .isEmpty();
  }

  /**
   * Checks that the schema of a name exists.
   *
   * @throws SqlError 002003 when it, or its database, is missing
   */
  public void requireSchema(Session session, Identifier database, Identifier schema)
      throws SQLException {
    if (!schemaExists(session, database, schema)) {
      if (!databaseExists(session, database)) {
        throw SqlError.missingObject("Database", database.sql());
      }
      throw SqlError.missingObject("Schema", database.sql() + "." + schema.sql());
    }
  }

  /** Creates a database with its schemas PUBLIC and INFORMATION_SCHEMA; it must not exist. */
  public void createDatabase(Session session, Identifier database, String comment)
      throws SQLException {
    for (String command : CatalogSetup.database(database, comment)) {
      session.update(command);
    }
  }

  /** Creates a schema; it must not exist. */
  public void createSchema(Session session, Identifier database, Identifier schema, String comment)
      throws SQLException {
    for (String command : CatalogSetup.schema(database, schema, comment)) {
      session.update(command);
    }
  }

  /**
   * Drops a schema with all it holds; it must exist.
   *
   * @return the objects that it held, those of {@link Session#temporaryObjects} included: to be
   *     forgotten after the commit
   */
  List<CatalogObject> dropSchema(Session session, Identifier database, Identifier schema)
      throws SQLException {
    List<CatalogObject> held = new ArrayList<>();
    for (ObjectKind kind : ObjectKind.values()) {
      held.addAll(list(session, kind, database, schema));
    }
    session.update(
        "DROP SCHEMA "
            + Identifier.quote(QualifiedName.duckDbSchema(database, schema))
            + " CASCADE");
    session.update(
        "DELETE FROM " + CatalogTables.SCHEMAS + " WHERE database_name = ? AND name = ?",
        database.name(),
        schema.name());
    session.update(
        "DELETE FROM " + CatalogTables.OBJECTS + " WHERE database_name = ? AND schema_name = ?",
        database.name(),
        schema.name());
    return held;
  }

  /**
   * Drops a database with all its schemas; it must exist.
   *
   * @return the objects that it held, as {@link #dropSchema} does
   */
  List<CatalogObject> dropDatabase(Session session, Identifier database) throws SQLException {
    List<CatalogObject> held = new ArrayList<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT name FROM " + CatalogTables.SCHEMAS + " WHERE database_name = ?",
            database.name())) {
      held.addAll(dropSchema(session, database, new Identifier(String.valueOf(row[0]))));
    }
    session.update("DELETE FROM " + CatalogTables.DATABASES + " WHERE name = ?", database.name());
    return held;
  }

  /**
   * Creates a stage, file format, function or procedure.
   *
   * @return false when it existed and the mode is IF NOT EXISTS
   * @throws SqlError 002002 when it exists, 002003 when its schema does not
   */
  public boolean create(Session session, CatalogObject object, CreateMode mode)
      throws SQLException {
    QualifiedName.Full name = object.name();
    requireSchema(session, name.database(), name.schema());
    if (find(session, object.kind(), name, object.signature()) != null) {
      if (mode == CreateMode.IF_NOT_EXISTS) {
        return false;
      }
      if (mode == CreateMode.CREATE) {
        throw SqlError.alreadyExists(name.sql());
      }
      drop(session, object.kind(), name, object.signature());
    }
    if (object.temporary()) {
      session.temporaryObjects().add(object);
      return true;
    }
    session.update(
        "INSERT INTO " + CatalogTables.OBJECTS + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        object.kind().name(),
        name.database().name(),
        name.schema().name(),
        name.name().name(),
        object.signature(),
        object.owner(),
        object.createdOn(),
        GSON.toJson(object.attributes()));
    return true;
  }

  /** Returns an object, the session's temporary one first, or null. */
  public @Nullable CatalogObject find(
      Session session, ObjectKind kind, QualifiedName.Full name, String signature)
      throws SQLException {
    for (CatalogObject object : list(session, kind, name.database(), name.schema())) {
      if (object.name().equals(name) && object.signature().equals(signature)) {
        return object;
      }
    }
    return null;
  }

  /** Returns the overloads of a function or procedure. */
  public List<CatalogObject> overloads(Session session, ObjectKind kind, QualifiedName.Full name)
      throws SQLException {
    return list(session, kind, name.database(), name.schema()).stream()
        .filter(object -> object.name().equals(name))
        .toList();
  }

  /**
   * Returns the objects of one kind by name, the session's temporary ones first.
   *
   * @param database only those of this database, or null for all
   * @param schema only those of this schema, or null for all
   */
  public List<CatalogObject> list(
      Session session, ObjectKind kind, @Nullable Identifier database, @Nullable Identifier schema)
      throws SQLException {
    Predicate<CatalogObject> wanted =
        object ->
            object.kind() == kind
                && (database == null || object.name().database().equals(database))
                && (schema == null || object.name().schema().equals(schema));
    List<CatalogObject> objects =
        new ArrayList<>(session.temporaryObjects().stream().filter(wanted).toList());
    String where =
        " WHERE kind = ?"
            + (database == null ? "" : " AND database_name = ?")
            + (schema == null ? "" : " AND schema_name = ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(kind.name());
    if (database != null) {
      arguments.add(database.name());
    }
    if (schema != null) {
      arguments.add(schema.name());
    }
    for (@Nullable Object[] row :
        session.query(
            "SELECT * FROM "
                + CatalogTables.OBJECTS
                + where
                + " ORDER BY database_name, schema_name, name, signature",
            arguments.toArray())) {
      objects.add(read(kind, row));
    }
    return objects;
  }

  /** Drops an object. @return whether it existed */
  public boolean drop(Session session, ObjectKind kind, QualifiedName.Full name, String signature)
      throws SQLException {
    boolean temporary =
        session
            .temporaryObjects()
            .removeIf(
                object ->
                    object.kind() == kind
                        && object.name().equals(name)
                        && object.signature().equals(signature));
    return temporary
        || session.update(
                "DELETE FROM "
                    + CatalogTables.OBJECTS
                    + " WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ? AND"
                    + " signature = ?",
                kind.name(),
                name.database().name(),
                name.schema().name(),
                name.name().name(),
                signature)
            > 0;
  }

  private static CatalogObject read(ObjectKind kind, @Nullable Object[] row) {
    Map<String, String> attributes = new LinkedHashMap<>();
    JsonObject json = JsonParser.parseString(String.valueOf(row[7])).getAsJsonObject();
    json.entrySet()
        .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().getAsString()));
    return new CatalogObject(
        kind,
        new QualifiedName.Full(
            new Identifier(String.valueOf(row[1])),
            new Identifier(String.valueOf(row[2])),
            new Identifier(String.valueOf(row[3]))),
        String.valueOf(row[4]),
        false,
        String.valueOf(row[5]),
        OffsetDateTime.parse(String.valueOf(row[6])),
        attributes);
  }

  /** Returns a text as an SQL literal of DuckDB. */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
