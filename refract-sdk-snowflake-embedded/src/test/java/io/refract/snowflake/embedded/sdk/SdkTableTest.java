package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.data.TextPair;
import io.refract.data.TextPairs;
import io.refract.snowflake.Snowflake;
import io.refract.snowflake.SnowflakeException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables as pairs of texts, with the real driver. */
class SdkTableTest {

  private static SdkTarget target;
  private static Snowflake snowflake;

  @BeforeAll
  static void open() {
    target = SdkTarget.open();
    snowflake = target.snowflake();
    snowflake.execute("CREATE TABLE tickets (id INTEGER, request VARCHAR, \"Category\" VARCHAR)");
    snowflake.execute(
        "INSERT INTO tickets VALUES (1, 'lost card', 'card'), (2, NULL, 'card'),"
            + " (3, 'it''s \u4e16', NULL), (4, '', 'late')");
  }

  @AfterAll
  static void close() {
    target.close();
  }

  private static List<TextPair> read(TextPairs pairs) {
    try (Stream<TextPair> stream = pairs.open()) {
      return stream.toList();
    }
  }

  @Test
  void cells_come_in_a_stable_order_with_null_apart_from_empty() {
    TextPairs pairs =
        snowflake
            .table(target.namespace() + ".tickets")
            .orderBy("id")
            .dataset("request", "\"Category\"");
    assertThat(read(pairs))
        .containsExactly(
            new TextPair("lost card", "card"),
            new TextPair(null, "card"),
            new TextPair("it's \u4e16", null),
            new TextPair("", "late"))
        .isEqualTo(read(pairs));
    assertThat(read(snowflake.table("tickets").dataset("REQUEST", "\"Category\"")))
        .extracting(TextPair::source)
        .containsExactly("", "it's \u4e16", "lost card", null);
  }

  @Test
  void other_statements_run_while_rows_are_read() {
    try (Stream<TextPair> stream =
        snowflake.table("tickets").orderBy("id").dataset("request", "id").open()) {
      Iterator<TextPair> rows = stream.iterator();
      assertThat(rows.next()).isEqualTo(new TextPair("lost card", "1"));
      assertThat(snowflake.query("SELECT 5").get(0).value(0, Long.class)).isEqualTo(5);
      assertThat(rows.next()).isEqualTo(new TextPair(null, "2"));
    }
  }

  @Test
  void a_query_with_binds_is_read_as_well() {
    assertThat(
            read(
                snowflake
                    .select("SELECT id, request FROM tickets WHERE id >= ? ORDER BY id DESC", 3)
                    .dataset("request", "id")))
        .containsExactly(new TextPair("", "4"), new TextPair("it's \u4e16", "3"));
  }

  @Test
  void a_missing_column_and_a_missing_table_are_errors_with_the_statement() {
    assertThatThrownBy(() -> read(snowflake.table("tickets").dataset("article", "id")))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("ARTICLE")
        .hasMessageContaining("SELECT T.ARTICLE, T.ID");
    assertThatThrownBy(() -> read(snowflake.table("no_such").dataset("a", "b")))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("NO_SUCH");
    assertThatThrownBy(
            () -> read(snowflake.select("SELECT id FROM tickets").dataset("request", "id")))
        .hasMessageContaining("the result has no column REQUEST; it has [ID]");
  }

  @Test
  void a_hundred_thousand_rows_come_in_order() {
    snowflake.execute(
        "CREATE TABLE many AS SELECT SEQ4() AS id, 'request ' || SEQ4() AS request,"
            + " 'category ' || (SEQ4() % 77) AS category FROM TABLE(GENERATOR(ROWCOUNT => 100000))");
    try (Stream<TextPair> stream =
        snowflake.table("many").orderBy("id").dataset("request", "category").open()) {
      Iterator<TextPair> rows = stream.iterator();
      for (int i = 0; i < 100_000; i++) {
        assertThat(rows.next()).isEqualTo(new TextPair("request " + i, "category " + i % 77));
      }
      assertThat(rows.hasNext()).isFalse();
    }
  }
}
