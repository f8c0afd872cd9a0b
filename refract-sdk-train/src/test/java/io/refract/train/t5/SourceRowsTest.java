package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceRowsTest {

  private static void assertSources(SourceRows rows, int[] sources, int perSource) {
    assertThat(rows.sources()).containsExactly(sources);
    assertThat(rows.rowsPerSource()).isEqualTo(perSource);
  }

  @Test
  void beams_of_a_source_share_it() {
    assertSources(SourceRows.of(new int[] {4, 4, 4, 2, 2, 2}), new int[] {4, 2}, 3);
    assertSources(SourceRows.of(new int[] {7, 7}), new int[] {7}, 2);
  }

  @Test
  void rows_that_do_not_stand_in_equal_groups_look_at_a_source_each() {
    assertSources(SourceRows.of(new int[] {0, 0, 1}), new int[] {0, 0, 1}, 1);
    assertSources(SourceRows.of(new int[] {0, 0, 1, 0}), new int[] {0, 0, 1, 0}, 1);
    assertSources(SourceRows.of(new int[] {0, 1, 1}), new int[] {0, 1, 1}, 1);
    assertSources(SourceRows.of(new int[] {3}), new int[] {3}, 1);
  }

  @Test
  void every_row_keeps_its_source() {
    int[] wanted = {5, 5, 1, 1, 5, 5, 0, 0};
    SourceRows rows = SourceRows.of(wanted);
    assertThat(rows.rows()).isEqualTo(wanted.length);
    assertThat(IntStream.range(0, wanted.length).map(rows::sourceOf))
        .containsExactly(5, 5, 1, 1, 5, 5, 0, 0);
  }

  @Test
  void all_sources_in_order_need_no_selection() {
    assertThat(SourceRows.of(new int[] {0, 0, 1, 1}).areAll(2)).isTrue();
    assertThat(SourceRows.of(new int[] {0, 0, 1, 1}).areAll(3)).isFalse();
    assertThat(SourceRows.of(new int[] {1, 0}).areAll(2)).isFalse();
    assertThat(SourceRows.range(3).areAll(3)).isTrue();
  }
}
