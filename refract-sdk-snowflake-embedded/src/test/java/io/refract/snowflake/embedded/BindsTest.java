package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Values reach their places whatever stands around them, in texts that the two dialects differ in.
 */
class BindsTest extends ServerTest {

  @BeforeEach
  void makeTable() throws SQLException {
    sql.run(
        "CREATE OR REPLACE TABLE B (ID INT, A DATE, S VARCHAR)",
        "INSERT INTO B VALUES (1, '2024-01-01', 'x'), (2, '2024-01-08', 'y')");
  }

  @Test
  void behind_a_difference_in_weeks() throws SQLException {
    assertThat(one("SELECT DATEDIFF(WEEK, A, '2024-01-15'::DATE) FROM B WHERE ID = ?", "2"))
        .isEqualTo("1");
  }

  @Test
  void on_both_sides_of_a_difference_in_weeks_and_out_of_order() throws SQLException {
    assertThat(
            one(
                "SELECT :2 || DATEDIFF(WEEK, A, '2024-01-15'::DATE) || :1 FROM B WHERE ID = 1",
                "r",
                "l"))
        .isEqualTo("l2r");
  }

  @Test
  void behind_a_text_that_ends_in_a_backslash() throws SQLException {
    assertThat(one("SELECT 'C:\\\\' || S FROM B WHERE ID = ?", "1")).isEqualTo("C:\\x");
  }

  @Test
  void before_a_text_that_ends_in_a_backslash() throws SQLException {
    try (PreparedStatement insert =
        sql.connection().prepareStatement("INSERT INTO B VALUES (?, CURRENT_DATE(), 'a\\\\')")) {
      insert.setInt(1, 3);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    assertThat(sql.rows("SELECT S FROM B WHERE ID = 3")).containsExactly("a\\");
  }

  @Test
  void beside_texts_and_names_that_look_like_parameters() throws SQLException {
    assertThat(one("SELECT '$1 ''$2' || ? AS \"$3\"\"'\" FROM B WHERE ID = 1", "z"))
        .isEqualTo("$1 '$2z");
  }

  private String one(String text, String... values) throws SQLException {
    try (PreparedStatement query = sql.connection().prepareStatement(text)) {
      for (int i = 0; i < values.length; i++) {
        query.setString(i + 1, values[i]);
      }
      try (ResultSet rows = query.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getString(1);
      }
    }
  }
}
