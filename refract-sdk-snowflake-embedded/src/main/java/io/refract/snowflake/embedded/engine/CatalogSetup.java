package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The DuckDB statements that make the catalog, its databases and its schemas. */
final class CatalogSetup {

  private static final Identifier PUBLIC = new Identifier("PUBLIC");

  private CatalogSetup() {}

  /** Makes the hidden tables and the first database where they are missing. */
  static void run(Connection root, Identifier database, Identifier schema) throws SQLException {
    try (Statement statement = root.createStatement()) {
      executeAll(statement, CatalogTables.CREATE);
      executeAll(statement, InformationSchema.hidden());
      // A directory that an older version wrote gets the views of this version.
      for (Identifier existing : databases(statement)) {
        executeAll(statement, InformationSchema.commands(existing));
      }
      statement.execute("BEGIN TRANSACTION");
      if (!databases(statement).contains(database)) {
        executeAll(statement, database(database, ""));
      }
      if (!hasSchema(statement, database, schema)) {
        executeAll(statement, schema(database, schema, ""));
      }
      statement.execute("COMMIT");
    }
  }

  private static void executeAll(Statement statement, List<String> commands) throws SQLException {
    for (String command : commands) {
      statement.execute(command);
    }
  }

  private static boolean hasSchema(Statement statement, Identifier database, Identifier schema)
      throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT 1 FROM "
                + CatalogTables.SCHEMAS
                + " WHERE database_name = "
                + Catalog.literal(database.name())
                + " AND name = "
                + Catalog.literal(schema.name()))) {
      return rows.next();
    }
  }

  private static List<Identifier> databases(Statement statement) throws SQLException {
    List<Identifier> databases = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery("SELECT name FROM " + CatalogTables.DATABASES)) {
      while (rows.next()) {
        databases.add(new Identifier(rows.getString(1)));
      }
    }
    return databases;
  }

  /** Returns the DuckDB statements that create a database with its first schemas. */
  static List<String> database(Identifier database, String comment) {
    List<String> commands = new ArrayList<>();
    commands.add(
        "INSERT INTO "
            + CatalogTables.DATABASES
            + " VALUES ("
            + Catalog.literal(database.name())
            + ", now(), 'SYSADMIN', "
            + Catalog.literal(comment)
            + ")");
    commands.addAll(
        schema(
            database,
            Catalog.INFORMATION_SCHEMA,
            "Views describing the contents of schemas in this database"));
    commands.addAll(InformationSchema.commands(database));
    commands.addAll(schema(database, PUBLIC, ""));
    return commands;
  }

  /** Returns the DuckDB statements that create a schema. */
  static List<String> schema(Identifier database, Identifier schema, String comment) {
    return List.of(
        "CREATE SCHEMA " + Identifier.quote(QualifiedName.duckDbSchema(database, schema)),
        "INSERT INTO "
            + CatalogTables.SCHEMAS
            + " VALUES ("
            + Catalog.literal(database.name())
            + ", "
            + Catalog.literal(schema.name())
            + ", now(), "
            + (schema.equals(Catalog.INFORMATION_SCHEMA) ? "''" : "'SYSADMIN'")
            + ", "
            + Catalog.literal(comment)
            + ")");
  }
}
