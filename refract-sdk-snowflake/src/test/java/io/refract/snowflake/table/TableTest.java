package io.refract.snowflake.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.refract.data.TextPair;
import io.refract.data.TextPairs;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.testing.RecordingSession;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The statements that reading a table sends. */
class TableTest {

  private final RecordingSession session = new RecordingSession();

  private Table table(String name) {
    return Table.of(session, ObjectName.parse(name));
  }

  @Test
  void rows_are_ordered_by_their_texts_and_names_are_quoted_where_they_need_it() {
    table("ml.public.\"My \"\"Table\"\"\"").dataset("request", "\"order\"").open().close();
    assertThat(session.statements)
        .containsExactly(
            """
            SELECT T.REQUEST, T."order"
            FROM ML.PUBLIC."My ""Table\""" AS T
            ORDER BY T.REQUEST, T."order\"""");
  }

  @Test
  void a_key_comes_before_the_texts() {
    table("tickets").orderBy("id", "request").dataset("request", "category").open().close();
    assertThat(session.statements.get(0)).endsWith("ORDER BY T.ID, T.REQUEST, T.CATEGORY");
    assertThatIllegalArgumentException().isThrownBy(() -> table("t").orderBy());
  }

  @Test
  void no_text_gets_into_a_statement_as_a_name() {
    for (String name : List.of("a; DROP TABLE b", "a--", "a b", "", "\"open")) {
      assertThatIllegalArgumentException().isThrownBy(() -> table(name));
      assertThatIllegalArgumentException().isThrownBy(() -> table("t").dataset(name, "b"));
      assertThatIllegalArgumentException().isThrownBy(() -> table("t").orderBy(name));
    }
  }

  @Test
  void each_reading_of_a_query_runs_it_with_its_binds() {
    session.answering(
        sql ->
            List.of(
                new Row(List.of("N", "A", "B"), Arrays.asList(1, "x", null)),
                new Row(List.of("N", "A", "B"), Arrays.asList(2, 7L, "y"))));
    TextPairs pairs = Selection.of(session, "SELECT * FROM t WHERE n > ?", 0).dataset("a", "b");
    assertThat(pairs.open()).containsExactly(new TextPair("x", null), new TextPair("7", "y"));
    assertThat(pairs.open()).hasSize(2);
    assertThat(session.binds).containsExactly(List.of(0), List.of(0));
    assertThat(pairs.name()).isEqualTo("Snowflake query (A -> B)");
  }

  @Test
  void bytes_are_no_text() {
    session.answering(sql -> List.of(new Row(List.of("A", "B"), List.of(new byte[1], "b"))));
    TextPairs pairs = table("t").dataset("a", "b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs.open().toList())
        .withMessageContaining("the column A of the Snowflake table T holds bytes");
  }
}
