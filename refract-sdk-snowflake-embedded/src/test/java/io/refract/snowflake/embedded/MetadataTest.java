package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MetadataTest extends ServerTest {

  @BeforeAll
  void makeObjects() throws SQLException {
    try (Sql setup = Sql.to(snowflake)) {
      setup.run(
          "CREATE TABLE CUSTOMERS (ID INT NOT NULL PRIMARY KEY, NAME VARCHAR(20) COMMENT 'who',"
              + " BALANCE NUMBER(10,2) DEFAULT 0) COMMENT = 'people'",
          "CREATE VIEW RICH AS SELECT ID FROM CUSTOMERS WHERE BALANCE > 100",
          "CREATE SCHEMA EXTRA COMMENT = 'more'",
          "CREATE TABLE EXTRA.\"lower\" (\"a b\" VARCHAR)",
          "INSERT INTO PUBLIC.CUSTOMERS (ID, NAME) VALUES (1, 'ana')");
    }
  }

  private static List<String> labels(ResultSet rows, String... labels) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (String label : labels) {
          cells.add(String.valueOf(rows.getString(label)));
        }
        lines.add(String.join("|", cells));
      }
    }
    return lines;
  }

  private DatabaseMetaData meta() throws SQLException {
    return sql.connection().getMetaData();
  }

  @Test
  void the_driver_lists_catalogs_schemas_tables_and_views() throws SQLException {
    assertThat(labels(meta().getCatalogs(), "TABLE_CAT")).containsExactly("DEMO");
    assertThat(labels(meta().getSchemas("DEMO", "%"), "TABLE_SCHEM"))
        .containsExactlyInAnyOrder("EXTRA", "INFORMATION_SCHEMA", "PUBLIC");
    assertThat(
            labels(
                meta().getTables("DEMO", "PUBLIC", "%", null),
                "TABLE_NAME",
                "TABLE_TYPE",
                "REMARKS"))
        .containsExactlyInAnyOrder("CUSTOMERS|TABLE|people", "RICH|VIEW|");
    assertThat(
            labels(meta().getTables("DEMO", "%", "lower", new String[] {"TABLE"}), "TABLE_SCHEM"))
        .containsExactly("EXTRA");
  }

  @Test
  void the_driver_describes_columns() throws SQLException {
    assertThat(
            labels(
                meta().getColumns("DEMO", "PUBLIC", "CUSTOMERS", "%"),
                "COLUMN_NAME",
                "DATA_TYPE",
                "COLUMN_SIZE",
                "DECIMAL_DIGITS",
                "IS_NULLABLE",
                "REMARKS",
                "COLUMN_DEF"))
        .containsExactly(
            "ID|" + Types.BIGINT + "|38|0|NO||null",
            "NAME|" + Types.VARCHAR + "|20|0|YES|who|null",
            "BALANCE|" + Types.DECIMAL + "|10|2|YES||0");
    assertThat(labels(meta().getColumns("DEMO", "EXTRA", "lower", "%"), "COLUMN_NAME"))
        .containsExactly("a b");
  }

  @Test
  void the_driver_finds_primary_keys_and_no_foreign_keys() throws SQLException {
    assertThat(
            labels(meta().getPrimaryKeys("DEMO", "PUBLIC", "CUSTOMERS"), "COLUMN_NAME", "KEY_SEQ"))
        .containsExactly("ID|1");
    assertThat(labels(meta().getImportedKeys("DEMO", "PUBLIC", "CUSTOMERS"), "FKCOLUMN_NAME"))
        .isEmpty();
  }

  @Test
  void foreign_keys_are_accepted_and_their_list_is_refused() throws SQLException {
    sql.run(
        "CREATE DATABASE KEYED",
        "CREATE TABLE PARENT (ID INT PRIMARY KEY)",
        "CREATE TABLE CHILD (ID INT, PARENT_ID INT REFERENCES PARENT (ID))");
    assertFails(() -> sql.run("SHOW IMPORTED KEYS IN TABLE CHILD"), 2, "0A000");
    assertFails(() -> sql.run("SHOW EXPORTED KEYS IN TABLE PARENT"), 2, "0A000");
    sql.run("DROP DATABASE KEYED");
  }

  @Test
  void functions_and_procedures_can_be_listed() throws SQLException {
    assertThat(labels(meta().getProcedures("DEMO", "PUBLIC", "%"), "PROCEDURE_NAME")).isEmpty();
    sql.run(
        "CREATE OR REPLACE FUNCTION PLUS_ONE(X NUMBER) RETURNS NUMBER LANGUAGE JAVA HANDLER ="
            + " 'Plus.one' AS 'class Plus { public static long one(long x) { return x + 1; } }'");
    assertThat(labels(meta().getFunctions("DEMO", "PUBLIC", "PLUS%"), "FUNCTION_NAME"))
        .containsExactly("PLUS_ONE");
    assertThat(sql.column("SHOW USER FUNCTIONS IN SCHEMA PUBLIC", "name")).contains("PLUS_ONE");
  }

  @Test
  void show_filters_by_like_place_and_limit() throws SQLException {
    assertThat(sql.column("SHOW TABLES LIKE 'cust%'", "name")).containsExactly("CUSTOMERS");
    assertThat(sql.column("SHOW TABLES LIKE 'nothing'", "name")).isEmpty();
    assertThat(sql.column("SHOW TABLES IN DATABASE DEMO", "name"))
        .containsExactlyInAnyOrder("CUSTOMERS", "lower");
    assertThat(sql.column("SHOW TABLES IN EXTRA", "name")).containsExactly("lower");
    assertThat(sql.column("SHOW SCHEMAS STARTS WITH 'E'", "comment")).containsExactly("more");
    assertThat(sql.column("SHOW SCHEMAS LIMIT 1", "name")).containsExactly("EXTRA");
    assertThat(sql.column("SHOW TABLES LIKE 'CUSTOMERS'", "rows")).containsExactly("1");
    assertFails(() -> sql.run("SHOW TABLES IN SCHEMA NOPE"), 2003, "02000");
  }

  @Test
  void describe_shows_declared_types_keys_defaults_and_comments() throws SQLException {
    assertThat(sql.column("DESC TABLE CUSTOMERS", "type"))
        .containsExactly("NUMBER(38,0)", "VARCHAR(20)", "NUMBER(10,2)");
    assertThat(sql.column("DESC TABLE CUSTOMERS", "null?")).containsExactly("N", "Y", "Y");
    assertThat(sql.column("DESC TABLE CUSTOMERS", "primary key")).containsExactly("Y", "N", "N");
    assertThat(sql.column("DESC TABLE CUSTOMERS", "comment")).containsExactly(null, "who", null);
    assertThat(sql.column("DESC VIEW RICH", "name")).containsExactly("ID");
    assertThat(sql.column("DESCRIBE SCHEMA PUBLIC", "name")).contains("CUSTOMERS", "RICH");
  }

  @Test
  void the_information_schema_can_be_queried() throws SQLException {
    assertThat(
            sql.rows(
                "SELECT TABLE_NAME, TABLE_TYPE, COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE"
                    + " TABLE_SCHEMA = 'PUBLIC' ORDER BY 1"))
        .containsExactly("CUSTOMERS|BASE TABLE|people", "RICH|VIEW|null");
    assertThat(
            sql.rows(
                "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_SCALE,"
                    + " IS_NULLABLE FROM DEMO.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME ="
                    + " 'CUSTOMERS' ORDER BY ORDINAL_POSITION"))
        .containsExactly(
            "ID|NUMBER|null|0|NO", "NAME|TEXT|20|null|YES", "BALANCE|NUMBER|null|2|YES");
    assertThat(sql.rows("SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1"))
        .containsExactly("EXTRA", "INFORMATION_SCHEMA", "PUBLIC");
  }

  @Test
  void comments_and_declared_types_survive_changes_of_the_table() throws SQLException {
    sql.run(
        "CREATE DATABASE CHANGES",
        "CREATE OR REPLACE TABLE CHANGED (A VARCHAR(5) COMMENT 'first')",
        "COMMENT ON TABLE CHANGED IS 'the table'",
        "COMMENT ON COLUMN CHANGED.A IS 'second'",
        "ALTER TABLE CHANGED ADD COLUMN B VARCHAR(7)",
        "ALTER TABLE CHANGED RENAME COLUMN A TO C");
    assertThat(sql.column("DESC TABLE CHANGED", "type"))
        .containsExactly("VARCHAR(5)", "VARCHAR(7)");
    assertThat(sql.column("DESC TABLE CHANGED", "comment")).containsExactly("second", null);
    assertThat(sql.column("SHOW TABLES LIKE 'CHANGED'", "comment")).containsExactly("the table");
    sql.run("DROP DATABASE CHANGES");
  }

  @Test
  void session_settings_can_be_shown_and_changed() throws SQLException {
    sql.run("ALTER SESSION SET TIMEZONE = 'Europe/Vienna' QUERY_TAG = 'x y'");
    assertThat(sql.column("SHOW PARAMETERS LIKE 'TIMEZONE' IN SESSION", "value"))
        .containsExactly("Europe/Vienna");
    assertThat(sql.column("SHOW PARAMETERS LIKE 'query_tag'", "level")).containsExactly("SESSION");
    sql.run("ALTER SESSION UNSET TIMEZONE");
    assertThat(sql.column("SHOW PARAMETERS LIKE 'TIMEZONE'", "value")).containsExactly("UTC");
    sql.run("SET LIMIT_VALUE = 5");
    assertThat(sql.rows("SELECT $LIMIT_VALUE * 2")).containsExactly("10");
    assertThat(sql.column("SHOW VARIABLES", "name")).containsExactly("LIMIT_VALUE");
    sql.run("UNSET LIMIT_VALUE");
    assertThat(sql.column("SHOW VARIABLES", "name")).isEmpty();
  }
}
