package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MasksTest {

  private static final float H = Masks.HIDDEN;

  @Test
  void the_causal_mask_hides_later_keys() {
    assertThat(Masks.causal(4))
        .containsExactly(
            0, H, H, H, //
            0, 0, H, H, //
            0, 0, 0, H, //
            0, 0, 0, 0);
  }

  @Test
  void the_padding_mask_hides_padding() {
    assertThat(Masks.ofPadding(new long[] {1, 1, 0, 1, 0, 0})).containsExactly(0, 0, H, 0, H, H);
    assertThat(Masks.anyHidden(new long[] {1, 1, 0})).isTrue();
    assertThat(Masks.anyHidden(new long[] {1, 1, 1})).isFalse();
  }

  @Test
  void hidden_is_the_lowest_finite_float() {
    assertThat(H).isEqualTo(-3.4028235e38f);
    assertThat(Float.isFinite(H - 1000f)).isTrue();
  }

  @Test
  void shifting_drops_the_last_label_and_puts_padding_for_ignored_ones() {
    long[] labels = {
      5, 6, 1, -100, //
      7, 1, -100, -100, //
      8, 9, 10, 1
    };
    assertThat(Masks.shiftRight(labels, null, 3, 4, 3, 0))
        .containsExactly(
            3, 5, 6, 1, //
            3, 7, 1, 0, //
            3, 8, 9, 10);
  }

  @Test
  void every_example_of_a_packed_row_begins_with_the_start_token() {
    long[] labels = {5, 6, 1, 7, 1, -100};
    int[] segments = {1, 1, 1, 2, 2, 0};
    assertThat(Masks.shiftRight(labels, segments, 1, 6, 3, 0)).containsExactly(3, 5, 6, 3, 7, 1);
  }

  @Test
  void a_token_of_a_packed_row_sees_its_own_example_only() {
    int[] segments = {1, 1, 2, 2, 2, 0};
    assertThat(Masks.sameSegment(segments, segments, 1))
        .containsExactly(
            0, 0, H, H, H, H, //
            0, 0, H, H, H, H, //
            H, H, 0, 0, 0, H, //
            H, H, 0, 0, 0, H, //
            H, H, 0, 0, 0, H, //
            H, H, H, H, H, 0);
    assertThat(Masks.causalInSegment(segments, 1))
        .containsExactly(
            0, H, H, H, H, H, //
            0, 0, H, H, H, H, //
            H, H, 0, H, H, H, //
            H, H, 0, 0, H, H, //
            H, H, 0, 0, 0, H, //
            H, H, H, H, H, 0);
  }

  @Test
  void a_target_of_a_packed_row_sees_its_own_source_only() {
    int[] targets = {1, 2, 2, 1, 0, 0};
    int[] sources = {1, 1, 2, 1, 1, 0};
    assertThat(Masks.sameSegment(targets, sources, 2))
        .containsExactly(
            0, 0, H, //
            H, H, 0, //
            H, H, 0, //
            0, 0, H, //
            H, H, 0, //
            H, H, 0);
  }
}
