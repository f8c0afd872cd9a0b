package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TypesTest extends ServerTest {

  @Test
  void every_scalar_type_comes_back_as_it_went_in() throws Exception {
    sql.run(
        "CREATE OR REPLACE TABLE SCALARS (I INT, N NUMBER(10,2), F FLOAT, S VARCHAR, B BOOLEAN,"
            + " D DATE, T TIME, NTZ TIMESTAMP_NTZ, LTZ TIMESTAMP_LTZ, X BINARY, V VARIANT)",
        "INSERT INTO SCALARS SELECT 42, 1.5, 2.5, 'Grüße 😀 \\'q\\'', TRUE, '2024-02-29',"
            + " '10:11:12.5', '2024-02-29 10:11:12.123456', '2024-02-29 10:11:12.123456 +0000',"
            + " TO_BINARY('00FF', 'HEX'), PARSE_JSON('{\"a\":[1,2]}')");
    try (Statement statement = sql.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM SCALARS")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong("I")).isEqualTo(42);
      assertThat(rows.getBigDecimal("N")).isEqualTo(new BigDecimal("1.50"));
      assertThat(rows.getDouble("F")).isEqualTo(2.5);
      assertThat(rows.getString("S")).isEqualTo("Grüße 😀 'q'");
      assertThat(rows.getBoolean("B")).isTrue();
      assertThat(rows.getDate("D")).isEqualTo(Date.valueOf("2024-02-29"));
      assertThat(rows.getString("T")).startsWith("10:11:12");
      assertThat(rows.getString("NTZ")).isEqualTo("2024-02-29 10:11:12.123");
      assertThat(rows.getTimestamp("LTZ").toInstant())
          .isEqualTo(Instant.parse("2024-02-29T10:11:12.123456Z"));
      assertThat(rows.getBytes("X")).containsExactly(0, 0xFF);
      assertThat(rows.getString("V")).isEqualToIgnoringWhitespace("{\"a\":[1,2]}");
    }
  }

  @Test
  void null_of_every_type_comes_back_as_null() throws Exception {
    sql.run(
        "CREATE OR REPLACE TABLE NULLS (I INT, F FLOAT, S VARCHAR, B BOOLEAN, D DATE, T TIME, NTZ"
            + " TIMESTAMP_NTZ, LTZ TIMESTAMP_LTZ, X BINARY, V VARIANT)",
        "INSERT INTO NULLS (I) VALUES (NULL)");
    try (Statement statement = sql.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM NULLS")) {
      assertThat(rows.next()).isTrue();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        assertThat(rows.getObject(i)).as("column %s", i).isNull();
      }
    }
  }

  @Test
  void columns_are_described_with_snowflake_types() throws Exception {
    sql.run("CREATE OR REPLACE TABLE DESCRIBED (I INT, N NUMBER(10,2), S VARCHAR, D DATE)");
    try (PreparedStatement statement =
        sql.connection().prepareStatement("SELECT * FROM DESCRIBED WHERE I = ?")) {
      ResultSetMetaData meta = statement.getMetaData();
      assertThat(meta.getColumnCount()).isEqualTo(4);
      assertThat(meta.getColumnName(1)).isEqualTo("I");
      assertThat(meta.getColumnType(1)).isEqualTo(Types.BIGINT);
      assertThat(meta.getColumnType(2)).isEqualTo(Types.DECIMAL);
      assertThat(meta.getPrecision(2)).isEqualTo(10);
      assertThat(meta.getScale(2)).isEqualTo(2);
      assertThat(meta.getColumnType(3)).isEqualTo(Types.VARCHAR);
      assertThat(meta.getColumnType(4)).isEqualTo(Types.DATE);
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
    }
  }

  @Test
  void every_setter_binds_its_value() throws Exception {
    sql.run(
        "CREATE OR REPLACE TABLE BOUND (I INT, L NUMBER(38,0), N NUMBER(20,5), F FLOAT, S VARCHAR,"
            + " B BOOLEAN, X BINARY, D DATE, T TIME, NTZ TIMESTAMP_NTZ, E VARCHAR)");
    Timestamp time = Timestamp.valueOf("2024-03-01 04:05:06.789");
    try (PreparedStatement insert =
        sql.connection()
            .prepareStatement("INSERT INTO BOUND VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setInt(1, -7);
      insert.setLong(2, Long.MAX_VALUE);
      insert.setBigDecimal(3, new BigDecimal("123456789.12345"));
      insert.setDouble(4, 0.1);
      insert.setString(5, "it's \\ \"quoted\" ☃");
      insert.setBoolean(6, true);
      insert.setBytes(7, new byte[] {1, -1});
      insert.setDate(8, Date.valueOf("1969-12-31"));
      insert.setTime(9, Time.valueOf("23:59:58"));
      insert.setTimestamp(10, time);
      insert.setNull(11, Types.VARCHAR);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    try (Statement statement = sql.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM BOUND")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(-7);
      assertThat(rows.getLong(2)).isEqualTo(Long.MAX_VALUE);
      assertThat(rows.getBigDecimal(3)).isEqualTo(new BigDecimal("123456789.12345"));
      assertThat(rows.getDouble(4)).isEqualTo(0.1);
      assertThat(rows.getString(5)).isEqualTo("it's \\ \"quoted\" ☃");
      assertThat(rows.getBoolean(6)).isTrue();
      assertThat(rows.getBytes(7)).containsExactly(1, -1);
      assertThat(rows.getDate(8)).isEqualTo(Date.valueOf("1969-12-31"));
      assertThat(rows.getString(9)).isEqualTo("23:59:58");
      assertThat(rows.getString(10)).isEqualTo("2024-03-01 04:05:06.789");
      assertThat(rows.getObject(11)).isNull();
    }
  }

  @Test
  void binds_can_stand_anywhere_an_expression_can() throws SQLException {
    try (PreparedStatement select =
        sql.connection().prepareStatement("SELECT ? + 1 AS A, UPPER(?) AS B WHERE ? > 1")) {
      select.setInt(1, 41);
      select.setString(2, "x");
      select.setInt(3, 2);
      try (ResultSet rows = select.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt("A")).isEqualTo(42);
        assertThat(rows.getString("B")).isEqualTo("X");
      }
    }
  }

  @Test
  void a_hundred_thousand_rows_come_back_in_order() throws SQLException {
    try (Statement statement = sql.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT SEQ4() AS N, 'row ' || SEQ4() AS S FROM TABLE(GENERATOR(ROWCOUNT =>"
                    + " 100000)) ORDER BY N")) {
      long expected = 0;
      while (rows.next()) {
        assertThat(rows.getLong(1)).isEqualTo(expected);
        expected++;
      }
      assertThat(expected).isEqualTo(100_000);
    }
  }
}
