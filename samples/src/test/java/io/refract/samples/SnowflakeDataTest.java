package io.refract.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.Snowflake;
import io.refract.snowflake.SnowflakeException;
import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.data.Split;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A table in Snowflake becomes data to train on, and neither module knows the other. */
class SnowflakeDataTest {

  private static EmbeddedSnowflake embedded;
  private static Snowflake snowflake;

  @BeforeAll
  static void open() {
    embedded = EmbeddedSnowflake.start();
    snowflake = Snowflake.connect(embedded);
    snowflake.execute(
        "CREATE TABLE tickets AS SELECT SEQ4() AS id, 'request ' || (SEQ4() % 700) AS request,"
            + " CASE WHEN SEQ4() % 100 = 3 THEN NULL ELSE 'category ' || (SEQ4() % 7) END"
            + " AS category FROM TABLE(GENERATOR(ROWCOUNT => 2000))");
  }

  @AfterAll
  static void close() {
    snowflake.close();
    embedded.close();
  }

  @Test
  void a_table_is_split_the_same_way_each_time_and_no_request_is_on_both_sides() {
    Split split =
        Dataset.of(snowflake.table("TICKETS").dataset("REQUEST", "CATEGORY")).holdOut(0.1, 42);

    assertThat(split.training().report().rowsRead()).isEqualTo(2000);
    assertThat(split.training().report().emptyCells()).isEqualTo(20);
    assertThat(split.training().size() + split.validation().size()).isEqualTo(1980);
    assertThat(split.training().labels()).hasSize(7);
    assertThat(split.training().examples().stream().map(Example::source))
        .doesNotContainAnyElementsOf(
            split.validation().examples().stream().map(Example::source).toList());
    assertThat(split.training().provenance().name())
        .isEqualTo("Snowflake table TICKETS (REQUEST -> CATEGORY)");

    Split again =
        Dataset.of(snowflake.table("tickets").dataset("request", "category")).holdOut(0.1, 42);
    assertThat(again.validation().examples()).isEqualTo(split.validation().examples());
    assertThat(again.training().digest()).isEqualTo(split.training().digest());
  }

  @Test
  void a_failing_query_is_an_error_of_snowflake() {
    assertThatThrownBy(() -> Dataset.of(snowflake.table("TICKETS").dataset("ARTICLE", "CATEGORY")))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("ARTICLE");
  }
}
