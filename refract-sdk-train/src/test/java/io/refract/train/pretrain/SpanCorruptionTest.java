package io.refract.train.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.primitives.Booleans;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SpanCorruptionTest {

  private static final boolean T = true;
  private static final boolean F = false;

  /** The sentinels of T5: {@code <extra_id_0>} is 32099, {@code <extra_id_1>} is 32098. */
  private static final int[] SENTINELS = IntStream.range(0, 100).map(i -> 32099 - i).toArray();

  private static final int END = 1;

  /** The case of {@code test_noise_span_to_unique_sentinel} in T5's preprocessors_test.py. */
  @Test
  void each_span_of_noise_becomes_the_next_sentinel() {
    int[] text = {10, 11, 12, 13, 14, 15};
    boolean[] noise = {T, T, F, F, T, F};
    int[] sentinels = {999, 998, 997};
    assertThat(SpanCorruption.replace(text, noise, true, sentinels, END))
        .containsExactly(999, 12, 13, 998, 15, END);
    assertThat(SpanCorruption.replace(text, noise, false, sentinels, END))
        .containsExactly(10, 11, 999, 14, 998, END);
  }

  @Test
  void sources_and_targets_of_a_mask_that_begins_with_text() {
    int[] text = {20, 21, 22, 23, 24, 25, 26, 27, 28, 29};
    boolean[] noise = {F, F, T, T, F, F, F, F, T, T};
    assertThat(SpanCorruption.replace(text, noise, true, SENTINELS, END))
        .containsExactly(20, 21, 32099, 24, 25, 26, 27, 32098, END);
    assertThat(SpanCorruption.replace(text, noise, false, SENTINELS, END))
        .containsExactly(32099, 22, 23, 32098, 28, 29, END);
  }

  /**
   * The first two rows are those of {@code test_random_spans_helper} in T5's preprocessors_test.py,
   * whose lengths are given there with the end token; the third is the setting of T5's
   * pre-training.
   */
  @ParameterizedTest
  @CsvSource({
    "64, 0.20, 2.0, 70, 64, 22",
    "64, 0.20, 1.0, 63, 64, 27",
    "512, 0.15, 3.0, 568, 512, 114",
  })
  void the_longest_text_of_a_source(
      int maxSource, double density, double span, int text, int source, int target) {
    var corruption = new SpanCorruption(density, span);
    assertThat(corruption.fitting(maxSource, 512))
        .isEqualTo(new SpanCorruption.Lengths(text, source, target));
  }

  @Test
  void short_targets_make_texts_shorter_instead_of_being_cut() {
    var corruption = SpanCorruption.defaults();
    var lengths = corruption.fitting(512, 64);
    assertThat(lengths.target()).isLessThanOrEqualTo(64);
    assertThat(corruption.lengths(lengths.text() + 1).target()).isGreaterThan(64);
  }

  static List<Long> seeds() {
    return IntStream.range(0, 50).mapToObj(i -> 7L + i).toList();
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(SpanCorruption corruption, int[] text, long seed) {

    static Case of(long seed) {
      Random random = new Random(seed);
      int length = 2 + random.nextInt(300);
      // Up to 100 sentinels suffice for these.
      var corruption =
          new SpanCorruption(0.01 + 0.98 * random.nextDouble(), 3 + 4 * random.nextDouble());
      return new Case(corruption, random.ints(length, 2, 32000).toArray(), seed);
    }

    SpanCorruption.Corrupted corrupted() {
      return corruption.corrupt(text, SENTINELS, END, seed);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void putting_the_spans_of_the_target_into_the_source_restores_the_text(long seed) {
    Case c = Case.of(seed);
    var corrupted = c.corrupted();
    assertThat(restored(corrupted.source(), corrupted.target())).containsExactly(c.text());
  }

  private static int[] restored(int[] source, int[] target) {
    Map<Integer, List<Integer>> spans = new HashMap<>();
    List<Integer> span = new ArrayList<>();
    for (int id : target) {
      if (isSentinel(id)) {
        span = new ArrayList<>();
        spans.put(id, span);
      } else if (id != END) {
        span.add(id);
      }
    }
    List<Integer> text = new ArrayList<>();
    for (int id : source) {
      if (isSentinel(id)) {
        text.addAll(spans.getOrDefault(id, List.of(-1)));
      } else if (id != END) {
        text.add(id);
      }
    }
    return Ints.toArray(text);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void counts_are_those_of_the_formula(long seed) {
    Case c = Case.of(seed);
    int length = c.text().length;
    int expectedNoise =
        Math.max(1, Math.min(length - 1, (int) Math.rint(length * c.corruption().density())));
    int expectedSpans =
        (int) Math.max(1, Math.rint(expectedNoise / c.corruption().meanSpanLength()));
    boolean[] noise = c.corruption().noise(length, seed);
    assertThat(Booleans.countTrue(noise)).isEqualTo(expectedNoise);
    // Where nearly all is noise there is not enough text between so many spans.
    assertThat(starts(noise)).isEqualTo(Math.min(expectedSpans, length - expectedNoise));
    assertThat(noise[0]).isFalse();
    assertThat(noise[length - 1]).isTrue();
    assertThat(c.corruption().lengths(length))
        .isEqualTo(
            new SpanCorruption.Lengths(
                length, c.corrupted().source().length, c.corrupted().target().length));
  }

  private static int starts(boolean[] noise) {
    return (int)
        IntStream.range(0, noise.length).filter(i -> noise[i] && (i == 0 || !noise[i - 1])).count();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sentinels_are_unique_and_descend_from_the_first(long seed) {
    Case c = Case.of(seed);
    int[] expected = IntStream.range(0, c.corruption().spans(c.text().length)).toArray();
    for (int[] side : List.of(c.corrupted().source(), c.corrupted().target())) {
      assertThat(IntStream.of(side).filter(SpanCorruptionTest::isSentinel).map(id -> 32099 - id))
          .containsExactly(Ints.asList(expected).toArray(Integer[]::new));
      assertThat(side[side.length - 1]).isEqualTo(END);
    }
  }

  private static boolean isSentinel(int id) {
    return id >= 32000;
  }

  @Test
  void every_mask_is_as_likely_as_any_other() {
    // 3 tokens of noise in 2 spans (2 ways), 4 of text in 2 spans (3 ways).
    var corruption = new SpanCorruption(0.43, 1.5);
    Map<String, Integer> seen = new HashMap<>();
    for (int seed = 0; seed < 6000; seed++) {
      seen.merge(Booleans.asList(corruption.noise(7, seed)).toString(), 1, Integer::sum);
    }
    assertThat(seen).hasSize(6);
    assertThat(seen.values()).allSatisfy(count -> assertThat(count).isBetween(880, 1120));
  }

  @Test
  void a_text_that_needs_more_sentinels_than_there_are_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpanCorruption.defaults().corrupt(new int[100], new int[] {9, 8}, END, 1))
        .withMessage("a text of 100 tokens needs more than the 2 sentinels of the tokenizer");
  }

  @Test
  void settings_out_of_range_are_refused_with_rule_and_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpanCorruption.defaults().withDensity(1))
        .withMessage("density must be between 0 and 1 but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpanCorruption.defaults().withMeanSpanLength(0.5))
        .withMessage("mean span length must be at least 1 but was 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpanCorruption.defaults().noise(1, 0))
        .withMessage("a text to corrupt must have at least 2 tokens but has 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpanCorruption.defaults().fitting(2, 9))
        .withMessage(
            "span corruption needs at least 3 source and 3 target tokens but may use 2 and 9");
  }
}
