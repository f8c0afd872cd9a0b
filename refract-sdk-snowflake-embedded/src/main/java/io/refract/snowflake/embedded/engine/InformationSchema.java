package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The views of INFORMATION_SCHEMA: one hidden view over all databases each, and in every database a
 * view of its part.
 */
final class InformationSchema {

  /** Snowflake's name of a DuckDB column's type: as declared, or as near as DuckDB's type tells. */
  private static final String TYPE_MACRO =
      """
      CREATE OR REPLACE MACRO "REFRACT$CATALOG".column_type(data_type, comment) AS
      CASE
        WHEN json_valid(comment) AND json_extract_string(comment, '$.type') IS NOT NULL
          THEN json_extract_string(comment, '$.type')
        WHEN data_type LIKE 'DECIMAL%' THEN replace(data_type, 'DECIMAL', 'NUMBER')
        WHEN data_type LIKE '%INT' OR data_type = 'INTEGER' OR data_type = 'UINTEGER'
          THEN 'NUMBER(38,0)'
        WHEN data_type IN ('FLOAT', 'DOUBLE') THEN 'FLOAT'
        WHEN data_type = 'VARCHAR' THEN 'VARCHAR(16777216)'
        WHEN data_type = 'BLOB' THEN 'BINARY(8388608)'
        WHEN data_type = 'TIME' THEN 'TIME(9)'
        WHEN data_type = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_LTZ(9)'
        WHEN data_type LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_NTZ(9)'
        WHEN data_type = 'JSON' THEN 'VARIANT'
        ELSE data_type
      END
      """;

  private static final String NOTE_MACRO =
      """
      CREATE OR REPLACE MACRO "REFRACT$CATALOG".note(comment, name) AS
      CASE WHEN json_valid(comment) THEN json_extract_string(comment, '$.' || name)
           WHEN name = 'comment' THEN comment END
      """;

  private static final String PLACES =
      """
      CREATE OR REPLACE VIEW "REFRACT$CATALOG".places AS
      SELECT database_name, name AS schema_name, owner,
             replace(database_name, '.', '..') || '.' || replace(name, '.', '..') AS duckdb_schema
      FROM "REFRACT$CATALOG".schemas
      """;

  private static final Map<String, String> VIEWS =
      Map.of(
          "DATABASES",
          """
          SELECT name AS DATABASE_NAME, owner AS DATABASE_OWNER, 'NO' AS IS_TRANSIENT,
            nullif(comment, '') AS COMMENT, created_on AS CREATED, created_on AS LAST_ALTERED,
            1 AS RETENTION_TIME, 'STANDARD' AS TYPE, NULL::VARCHAR AS CATALOG
          FROM "REFRACT$CATALOG".databases
          """,
          "SCHEMATA",
          """
          SELECT database_name AS CATALOG_NAME, name AS SCHEMA_NAME, nullif(owner, '') AS SCHEMA_OWNER,
            'NO' AS IS_TRANSIENT, 'NO' AS IS_MANAGED_ACCESS, 1 AS RETENTION_TIME,
            created_on AS CREATED, created_on AS LAST_ALTERED, nullif(comment, '') AS COMMENT,
            database_name AS CATALOG
          FROM "REFRACT$CATALOG".schemas
          """,
          "TABLES",
          """
          SELECT p.database_name AS TABLE_CATALOG, p.schema_name AS TABLE_SCHEMA,
            t.table_name AS TABLE_NAME, nullif(p.owner, '') AS TABLE_OWNER,
            'BASE TABLE' AS TABLE_TYPE,
            CASE WHEN "REFRACT$CATALOG".note(t.comment, 'kind') = 'TRANSIENT' THEN 'YES' ELSE 'NO' END
              AS IS_TRANSIENT,
            NULL::VARCHAR AS CLUSTERING_KEY, NULL::BIGINT AS ROW_COUNT, NULL::BIGINT AS BYTES,
            1 AS RETENTION_TIME, 'YES' AS IS_INSERTABLE_INTO, 'YES' AS IS_TYPED,
            "REFRACT$CATALOG".note(t.comment, 'created')::TIMESTAMPTZ AS CREATED,
            "REFRACT$CATALOG".note(t.comment, 'created')::TIMESTAMPTZ AS LAST_ALTERED,
            'NO' AS AUTO_CLUSTERING_ON, "REFRACT$CATALOG".note(t.comment, 'comment') AS COMMENT,
            'NO' AS IS_TEMPORARY, 'NO' AS IS_ICEBERG, 'NO' AS IS_DYNAMIC, 'NO' AS IS_HYBRID,
            p.database_name AS CATALOG
          FROM duckdb_tables() t JOIN "REFRACT$CATALOG".places p ON p.duckdb_schema = t.schema_name
          UNION ALL
          SELECT p.database_name, p.schema_name, v.view_name, nullif(p.owner, ''), 'VIEW', 'NO',
            NULL, NULL, NULL, NULL, 'NO', 'YES',
            "REFRACT$CATALOG".note(v.comment, 'created')::TIMESTAMPTZ,
            "REFRACT$CATALOG".note(v.comment, 'created')::TIMESTAMPTZ, 'NO',
            "REFRACT$CATALOG".note(v.comment, 'comment'), 'NO', 'NO', 'NO', 'NO', p.database_name
          FROM duckdb_views() v JOIN "REFRACT$CATALOG".places p ON p.duckdb_schema = v.schema_name
          """,
          "VIEWS",
          """
          SELECT p.database_name AS TABLE_CATALOG, p.schema_name AS TABLE_SCHEMA,
            v.view_name AS TABLE_NAME, nullif(p.owner, '') AS TABLE_OWNER,
            "REFRACT$CATALOG".note(v.comment, 'text') AS VIEW_DEFINITION, 'NONE' AS CHECK_OPTION,
            'NO' AS IS_UPDATABLE, 'NO' AS INSERTABLE_INTO, 'NO' AS IS_SECURE,
            "REFRACT$CATALOG".note(v.comment, 'created')::TIMESTAMPTZ AS CREATED,
            "REFRACT$CATALOG".note(v.comment, 'created')::TIMESTAMPTZ AS LAST_ALTERED,
            "REFRACT$CATALOG".note(v.comment, 'comment') AS COMMENT, p.database_name AS CATALOG
          FROM duckdb_views() v JOIN "REFRACT$CATALOG".places p ON p.duckdb_schema = v.schema_name
          """,
          "COLUMNS",
          """
          SELECT p.database_name AS TABLE_CATALOG, p.schema_name AS TABLE_SCHEMA,
            c.table_name AS TABLE_NAME, c.column_name AS COLUMN_NAME,
            c.column_index AS ORDINAL_POSITION, c.column_default AS COLUMN_DEFAULT,
            CASE WHEN c.is_nullable THEN 'YES' ELSE 'NO' END AS IS_NULLABLE,
            CASE regexp_extract(c.type, '^\\w+') WHEN 'VARCHAR' THEN 'TEXT'
              ELSE regexp_extract(c.type, '^\\w+') END AS DATA_TYPE,
            CASE WHEN c.type LIKE 'VARCHAR%'
              THEN regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT END AS CHARACTER_MAXIMUM_LENGTH,
            CASE WHEN c.type LIKE 'VARCHAR%'
              THEN least(4 * regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT,
                greatest(16777216, regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT))
              WHEN c.type LIKE 'BINARY%'
              THEN regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT END AS CHARACTER_OCTET_LENGTH,
            CASE WHEN c.type LIKE 'NUMBER%'
              THEN regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT END AS NUMERIC_PRECISION,
            CASE WHEN c.type LIKE 'NUMBER%' THEN 10 END AS NUMERIC_PRECISION_RADIX,
            CASE WHEN c.type LIKE 'NUMBER%'
              THEN regexp_extract(c.type, ',\\s*(\\d+)', 1)::BIGINT END AS NUMERIC_SCALE,
            CASE WHEN c.type LIKE 'TIME%'
              THEN regexp_extract(c.type, '\\((\\d+)', 1)::BIGINT END AS DATETIME_PRECISION,
            'NO' AS IS_IDENTITY, c.user_comment AS COMMENT, p.database_name AS CATALOG
          FROM (SELECT *, "REFRACT$CATALOG".column_type(data_type, comment) AS type,
                  "REFRACT$CATALOG".note(comment, 'comment') AS user_comment
                FROM duckdb_columns()) c
          JOIN "REFRACT$CATALOG".places p ON p.duckdb_schema = c.schema_name
          """,
          "FUNCTIONS",
          """
          SELECT database_name AS FUNCTION_CATALOG, schema_name AS FUNCTION_SCHEMA,
            name AS FUNCTION_NAME, owner AS FUNCTION_OWNER, signature AS ARGUMENT_SIGNATURE,
            "REFRACT$CATALOG".note(attributes, 'returns') AS DATA_TYPE,
            "REFRACT$CATALOG".note(attributes, 'language') AS FUNCTION_LANGUAGE,
            "REFRACT$CATALOG".note(attributes, 'body') AS FUNCTION_DEFINITION,
            created_on AS CREATED, created_on AS LAST_ALTERED,
            "REFRACT$CATALOG".note(attributes, 'comment') AS COMMENT,
            "REFRACT$CATALOG".note(attributes, 'handler') AS HANDLER,
            "REFRACT$CATALOG".note(attributes, 'imports') AS IMPORTS,
            "REFRACT$CATALOG".note(attributes, 'packages') AS PACKAGES,
            "REFRACT$CATALOG".note(attributes, 'runtime_version') AS RUNTIME_VERSION,
            database_name AS CATALOG
          FROM "REFRACT$CATALOG".objects WHERE kind = 'FUNCTION'
          """,
          "STAGES",
          """
          SELECT database_name AS STAGE_CATALOG, schema_name AS STAGE_SCHEMA, name AS STAGE_NAME,
            NULL::VARCHAR AS STAGE_URL, NULL::VARCHAR AS STAGE_REGION,
            'Internal Named' AS STAGE_TYPE, owner AS STAGE_OWNER,
            "REFRACT$CATALOG".note(attributes, 'comment') AS COMMENT,
            created_on AS CREATED, created_on AS LAST_ALTERED, database_name AS CATALOG
          FROM "REFRACT$CATALOG".objects WHERE kind = 'STAGE'
          """,
          "FILE_FORMATS",
          """
          SELECT database_name AS FILE_FORMAT_CATALOG, schema_name AS FILE_FORMAT_SCHEMA,
            name AS FILE_FORMAT_NAME, owner AS FILE_FORMAT_OWNER,
            "REFRACT$CATALOG".note(attributes, 'type') AS FILE_FORMAT_TYPE,
            created_on AS CREATED, created_on AS LAST_ALTERED,
            "REFRACT$CATALOG".note(attributes, 'comment') AS COMMENT, database_name AS CATALOG
          FROM "REFRACT$CATALOG".objects WHERE kind = 'FILE_FORMAT'
          """);

  private InformationSchema() {}

  /** Returns the DuckDB statements that make the hidden views; they may exist. */
  static List<String> hidden() {
    List<String> commands = new ArrayList<>(List.of(TYPE_MACRO, NOTE_MACRO, PLACES));
    VIEWS.forEach(
        (name, query) ->
            commands.add("CREATE OR REPLACE VIEW " + hiddenName(name) + " AS " + query));
    return commands;
  }

  /** Returns the DuckDB statements that make the views of one database; they may exist. */
  static List<String> commands(Identifier database) {
    String schema =
        Identifier.quote(QualifiedName.duckDbSchema(database, Catalog.INFORMATION_SCHEMA));
    List<String> commands = new ArrayList<>();
    for (String name : VIEWS.keySet()) {
      commands.add(
          "CREATE OR REPLACE VIEW "
              + schema
              + "."
              + name
              + " AS SELECT * EXCLUDE (CATALOG) FROM "
              + hiddenName(name)
              + (name.equals("DATABASES")
                  ? ""
                  : " WHERE CATALOG = " + Catalog.literal(database.name())));
    }
    return commands;
  }

  private static String hiddenName(String view) {
    return CatalogTables.SCHEMA + ".INFORMATION_" + view;
  }
}
