package io.refract.snowflake.embedded.engine;

import java.util.List;

/** The hidden tables of the catalog. */
final class CatalogTables {

  /** The hidden DuckDB schema; no Snowflake schema has a name without a point. */
  static final String SCHEMA = "\"REFRACT$CATALOG\"";

  /** An empty DuckDB schema that is searched when a session has no current schema. */
  static final String NOWHERE = "REFRACT$NOWHERE";

  static final String DATABASES = SCHEMA + ".databases";
  static final String SCHEMAS = SCHEMA + ".schemas";
  static final String OBJECTS = SCHEMA + ".objects";

  // No keys: DuckDB checks them too early when one transaction deletes and inserts the same row.
  static final List<String> CREATE =
      List.of(
          "CREATE SCHEMA IF NOT EXISTS " + SCHEMA,
          "CREATE SCHEMA IF NOT EXISTS \"" + NOWHERE + "\"",
          "CREATE TABLE IF NOT EXISTS "
              + DATABASES
              + " (name VARCHAR, created_on TIMESTAMPTZ, owner VARCHAR, comment VARCHAR)",
          "CREATE TABLE IF NOT EXISTS "
              + SCHEMAS
              + " (database_name VARCHAR, name VARCHAR, created_on TIMESTAMPTZ, owner VARCHAR,"
              + " comment VARCHAR)",
          "CREATE TABLE IF NOT EXISTS "
              + OBJECTS
              + " (kind VARCHAR, database_name VARCHAR, schema_name VARCHAR, name VARCHAR,"
              + " signature VARCHAR, owner VARCHAR, created_on TIMESTAMPTZ, attributes VARCHAR)");

  private CatalogTables() {}
}
