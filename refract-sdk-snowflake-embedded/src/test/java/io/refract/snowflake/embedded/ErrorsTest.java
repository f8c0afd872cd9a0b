package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest extends ServerTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELEKT 1 | 1003 | 42000",
        "SELECT * FROM NOPE | 2003 | 42S02",
        "SELECT NOPE FROM (SELECT 1 AS A) | 904 | 42000",
        "SELECT NO_SUCH_FUNCTION(1) | 2140 | 42601",
        "SELECT 'abc'::INT | 100038 | 22018",
        "SELECT 1; SELECT 2 | 8 | 0A000",
        "DROP TABLE NOPE | 2003 | 42S02",
        "DESCRIBE TABLE NOPE | 2003 | 02000",
        "USE DATABASE NOPE | 2043 | 02000",
        "DROP SCHEMA NOPE | 2003 | 02000",
        "CREATE DATABASE DEMO | 2002 | 42710",
        "CREATE SCHEMA PUBLIC | 2002 | 42710",
        "ALTER SESSION SET NOPE = 1 | 1006 | 22023",
        "ALTER SESSION SET TIMEZONE = 'Nowhere' | 1008 | 22023",
        "SELECT * FROM TABLE(RESULT_SCAN('no-such-id')) | 709 | 02000",
      })
  void errors_carry_the_code_and_the_sqlstate_of_snowflake(
      String statement, int code, String sqlState) {
    assertFails(() -> sql.run(statement), code, sqlState);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE STREAM S ON TABLE T",
        "CREATE TASK T SCHEDULE = '1 MINUTE' AS SELECT 1",
        "CREATE DYNAMIC TABLE T TARGET_LAG = '1 minute' WAREHOUSE = W AS SELECT 1",
        "CREATE MASKING POLICY P AS (V STRING) RETURNS STRING -> V",
        "CREATE DATABASE D FROM SHARE A.B",
        "CALL P()",
        "EXPLAIN SELECT 1",
        "UNDROP TABLE T",
        "SHOW USERS",
        "SHOW TERSE TABLES",
        "ALTER SESSION SET WEEK_START = 1",
        "ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE",
        "ALTER WAREHOUSE W RENAME TO V",
      })
  void what_is_not_covered_is_refused_by_name(String statement) {
    SQLException error = assertFails(() -> sql.run(statement), 2, "0A000");
    assertThat(error.getMessage()).contains("Unsupported feature");
  }

  @Test
  void a_failed_statement_leaves_the_session_usable() throws Exception {
    assertFails(() -> sql.rows("SELECT * FROM NOPE"), 2003, "42S02");
    assertThat(sql.rows("SELECT 1")).containsExactly("1");
  }

  @Test
  void what_exists_already_is_not_made_again() throws Exception {
    sql.run("CREATE OR REPLACE TABLE ONCE (A INT)");
    assertFails(() -> sql.run("CREATE TABLE ONCE (A INT)"), 2002, "42710");
    sql.run("CREATE TABLE IF NOT EXISTS ONCE (B INT)");
    assertThat(sql.column("DESCRIBE TABLE ONCE", "name")).containsExactly("A");
  }

  @Test
  void nothing_is_written_into_the_information_schema() {
    assertFails(() -> sql.run("CREATE TABLE INFORMATION_SCHEMA.X (A INT)"), 3001, "42501");
    assertFails(() -> sql.run("DROP SCHEMA INFORMATION_SCHEMA"), 3001, "42501");
  }
}
