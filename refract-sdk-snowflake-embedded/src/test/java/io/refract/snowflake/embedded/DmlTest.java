package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DmlTest extends ServerTest {

  @BeforeEach
  void makeTable() throws SQLException {
    sql.run("CREATE OR REPLACE TABLE T (ID INT, NAME VARCHAR)");
  }

  @Test
  void dml_answers_the_number_of_rows() throws SQLException {
    try (Statement statement = sql.connection().createStatement()) {
      assertThat(statement.executeUpdate("INSERT INTO T VALUES (1, 'a'), (2, 'b'), (3, 'c')"))
          .isEqualTo(3);
      assertThat(statement.executeUpdate("UPDATE T SET NAME = 'z' WHERE ID > 1")).isEqualTo(2);
      assertThat(
              statement.executeUpdate(
                  "MERGE INTO T USING (SELECT 1 AS I UNION ALL SELECT 9) S ON T.ID = S.I WHEN"
                      + " MATCHED THEN UPDATE SET NAME = 'm' WHEN NOT MATCHED THEN INSERT (ID, NAME)"
                      + " VALUES (S.I, 'new')"))
          .isEqualTo(2);
      assertThat(statement.executeUpdate("DELETE FROM T WHERE ID = 3")).isEqualTo(1);
      assertThat(statement.execute("CREATE TABLE T2 (A INT)")).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
    }
    assertThat(sql.rows("SELECT * FROM T ORDER BY ID")).containsExactly("1|m", "2|z", "9|new");
    sql.run("DROP TABLE T2");
  }

  // "INSERT": OVERWRITE truncates the table before the values are inserted; the query still sees
  // it.
  @Test
  void a_table_is_deduplicated_by_overwriting_it_with_itself() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a'), (1, 'a'), (2, 'b')");
    try (PreparedStatement overwrite =
        sql.connection()
            .prepareStatement("INSERT OVERWRITE INTO T SELECT DISTINCT * FROM T WHERE ID < ?")) {
      overwrite.setInt(1, 3);
      assertThat(overwrite.executeUpdate()).isEqualTo(2);
    }
    assertThat(sql.rows("SELECT * FROM T ORDER BY ID")).containsExactly("1|a", "2|b");
  }

  @Test
  void an_overwrite_that_fails_leaves_the_table_as_it_was() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a')");
    assertFails(() -> sql.run("INSERT OVERWRITE INTO T SELECT NAME, NAME FROM T"), 100038, "22018");
    assertThat(sql.rows("SELECT * FROM T")).containsExactly("1|a");
  }

  @Test
  void a_batch_overwrites_with_all_its_rows() throws SQLException {
    sql.run("INSERT INTO T VALUES (-1, 'old')");
    try (PreparedStatement overwrite =
        sql.connection().prepareStatement("INSERT OVERWRITE INTO T VALUES (?, ?)")) {
      for (int i = 0; i < 20; i++) {
        overwrite.setInt(1, i);
        overwrite.setString(2, "n" + i);
        overwrite.addBatch();
      }
      assertThat(overwrite.executeBatch()).hasSize(20);
    }
    assertThat(sql.rows("SELECT COUNT(*), MIN(ID), MAX(ID) FROM T")).containsExactly("20|0|19");
  }

  // "CREATE TABLE": with OR REPLACE the old table is dropped and the new one made in one step.
  @Test
  void a_table_is_replaced_by_its_own_rows() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a'), (2, 'b')");
    sql.run(
        "CREATE OR REPLACE TABLE T (NAME VARCHAR(5), ID NUMBER(9,1)) AS SELECT NAME, ID FROM T");
    assertThat(sql.rows("SELECT * FROM T ORDER BY ID")).containsExactly("a|1.0", "b|2.0");
    sql.run("CREATE OR REPLACE TABLE T CLONE T");
    assertThat(sql.rows("SELECT * FROM T ORDER BY ID")).containsExactly("a|1.0", "b|2.0");
    assertFails(
        () -> sql.run("CREATE OR REPLACE TABLE T (ID INT) AS SELECT NAME FROM T"), 100038, "22018");
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("2");
    assertThat(sql.column("DESCRIBE TABLE T", "type")).containsExactly("VARCHAR(5)", "NUMBER(9,1)");
  }

  @Test
  void an_overwrite_is_part_of_its_transaction() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a')");
    sql.run("BEGIN", "INSERT OVERWRITE INTO T SELECT ID + 1, NAME FROM T");
    assertThat(sql.rows("SELECT * FROM T")).containsExactly("2|a");
    sql.run("ROLLBACK");
    assertThat(sql.rows("SELECT * FROM T")).containsExactly("1|a");
  }

  @Test
  void a_name_in_quotes_does_not_reach_the_table_of_another_case() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a')", "DROP TABLE IF EXISTS \"t\"");
    assertFails(() -> sql.run("DROP TABLE \"t\""), 2003, "42S02");
    assertFails(() -> sql.run("CREATE OR REPLACE TABLE \"t\" (B INT)"), 2, "0A000");
    assertFails(() -> sql.run("CREATE TEMP TABLE \"t\" (B INT)"), 2, "0A000");
    assertThat(sql.rows("SELECT * FROM T")).containsExactly("1|a");
  }

  @Test
  void a_batch_inserts_all_its_rows() throws SQLException {
    int size = 1_234;
    try (PreparedStatement insert =
        sql.connection().prepareStatement("INSERT INTO T (ID, NAME) VALUES (?, UPPER(?))")) {
      for (int i = 0; i < size; i++) {
        insert.setInt(1, i);
        insert.setString(2, i % 10 == 0 ? null : "n" + i);
        insert.addBatch();
      }
      int[] counts = insert.executeBatch();
      assertThat(counts).hasSize(size);
      assertThat(Arrays.stream(counts).distinct().toArray()).containsExactly(1);
    }
    assertThat(sql.rows("SELECT COUNT(*), COUNT(NAME), MIN(ID), MAX(ID), SUM(ID) FROM T"))
        .containsExactly("1234|1110|0|1233|" + (long) size * (size - 1) / 2);
    assertThat(sql.rows("SELECT NAME FROM T WHERE ID = 1233")).containsExactly("N1233");
  }

  @Test
  void a_batch_that_fails_inserts_nothing() throws SQLException {
    sql.run("CREATE OR REPLACE TABLE STRICT_T (ID INT NOT NULL)");
    try (PreparedStatement insert =
        sql.connection().prepareStatement("INSERT INTO STRICT_T VALUES (?)")) {
      for (int i = 0; i < 300; i++) {
        if (i == 250) {
          insert.setNull(1, java.sql.Types.INTEGER);
        } else {
          insert.setInt(1, i);
        }
        insert.addBatch();
      }
      assertFails(insert::executeBatch, 100072, "22000");
    }
    assertThat(sql.rows("SELECT COUNT(*) FROM STRICT_T")).containsExactly("0");
  }

  @Test
  void a_batch_of_mixed_values_works_inside_a_transaction() throws SQLException {
    sql.run(
        "CREATE OR REPLACE TABLE MIXED (N NUMBER(20,5), F FLOAT, D DATE, B BOOLEAN, S VARCHAR)");
    sql.connection().setAutoCommit(false);
    sql.run("INSERT INTO MIXED (S) VALUES ('before')");
    try (PreparedStatement insert =
        sql.connection().prepareStatement("INSERT INTO MIXED VALUES (?, ?, ?, ?, TRIM(?))")) {
      for (int i = 0; i < 40; i++) {
        insert.setBigDecimal(1, new BigDecimal(i).movePointLeft(i % 5));
        insert.setDouble(2, i / 4.0);
        insert.setDate(3, i == 3 ? null : Date.valueOf("2024-01-31"));
        insert.setBoolean(4, i % 2 == 0);
        insert.setString(5, " " + i + " ");
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(40);
    }
    assertThat(sql.rows("SELECT * FROM MIXED WHERE S = '39'"))
        .containsExactly("0.00390|9.75|2024-01-31|FALSE|39");
    assertThat(sql.rows("SELECT COUNT(*), COUNT(D), SUM(N) FROM MIXED"))
        .containsExactly("41|39|" + sumOfMixed());
    sql.connection().rollback();
    assertThat(sql.rows("SELECT COUNT(*) FROM MIXED")).containsExactly("0");
    sql.connection().setAutoCommit(true);
  }

  private static String sumOfMixed() {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < 40; i++) {
      sum = sum.add(new BigDecimal(i).movePointLeft(i % 5));
    }
    return sum.setScale(5).toPlainString();
  }

  @Test
  void a_column_that_another_session_adds_is_there_at_once() throws SQLException {
    sql.run("INSERT INTO T VALUES (1, 'a')");
    try (Sql other = Sql.to(snowflake)) {
      other.run("ALTER TABLE T ADD COLUMN EXTRA VARIANT");
    }
    sql.run("INSERT INTO T SELECT 2, 'b', PARSE_JSON('{\"x\":5}')");
    assertThat(sql.rows("SELECT EXTRA:x::INT FROM T WHERE ID = 2")).containsExactly("5");
  }

  @Test
  void preparing_runs_nothing() throws SQLException {
    try (PreparedStatement create =
            sql.connection().prepareStatement("CREATE TABLE NEVER_MADE (A INT)");
        PreparedStatement insert =
            sql.connection().prepareStatement("INSERT INTO T VALUES (1, 'x')")) {
      assertThat(create.getMetaData()).isNotNull();
      assertThat(insert.getMetaData()).isNotNull();
    }
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("0");
    assertFails(() -> sql.rows("SELECT * FROM NEVER_MADE"), 2003, "42S02");
  }

  @Test
  void a_rollback_undoes_and_a_commit_keeps() throws SQLException {
    Connection connection = sql.connection();
    connection.setAutoCommit(false);
    assertThat(connection.getAutoCommit()).isFalse();
    sql.run("INSERT INTO T VALUES (1, 'a')");
    try (Sql other = Sql.to(snowflake)) {
      assertThat(other.rows("SELECT COUNT(*) FROM T")).containsExactly("0");
      connection.rollback();
      sql.run("INSERT INTO T VALUES (2, 'b')");
      connection.commit();
      assertThat(other.rows("SELECT ID FROM T")).containsExactly("2");
    }
    connection.setAutoCommit(true);
    assertThat(connection.getAutoCommit()).isTrue();
  }

  @Test
  void begin_and_rollback_work_as_statements() throws SQLException {
    sql.run("BEGIN", "INSERT INTO T VALUES (1, 'a')", "ROLLBACK");
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("0");
    sql.run("BEGIN TRANSACTION", "INSERT INTO T VALUES (1, 'a')", "COMMIT", "COMMIT", "ROLLBACK");
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("1");
  }

  @Test
  void ddl_commits_the_open_transaction_as_in_snowflake() throws SQLException {
    sql.run("BEGIN", "INSERT INTO T VALUES (1, 'a')", "CREATE OR REPLACE TABLE T3 (A INT)");
    sql.run("ROLLBACK");
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("1");
  }

  @Test
  void a_transaction_that_lost_its_rows_is_never_committed_silently() throws SQLException {
    sql.run("BEGIN", "INSERT INTO T VALUES (1, 'a')");
    assertFails(() -> sql.run("INSERT INTO T SELECT 'abc'::INT, 'x'"), 100038, "22018");
    assertFails(() -> sql.run("INSERT INTO T VALUES (2, 'b')"), 2, "0A000");
    assertFails(() -> sql.run("COMMIT"), 2, "0A000");
    assertThat(sql.rows("SELECT COUNT(*) FROM T")).containsExactly("0");
  }

  @Test
  void two_sessions_that_update_the_same_row_both_succeed() throws Exception {
    sql.run("INSERT INTO T VALUES (1, '0')");
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                try (Sql own = Sql.to(snowflake)) {
                  for (int n = 0; n < 25; n++) {
                    own.run("UPDATE T SET NAME = TO_VARCHAR(TO_NUMBER(NAME) + 1) WHERE ID = 1");
                  }
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(sql.rows("SELECT NAME FROM T")).containsExactly("100");
  }
}
