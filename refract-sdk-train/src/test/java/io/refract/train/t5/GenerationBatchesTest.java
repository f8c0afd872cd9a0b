package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationBatchesTest {

  private static int[] source(int length, int token) {
    int[] ids = new int[length];
    Arrays.fill(ids, token);
    return ids;
  }

  private static List<List<List<Integer>>> readable(List<List<int[]>> batches) {
    return batches.stream()
        .map(batch -> batch.stream().map(place -> IntStream.of(place).boxed().toList()).toList())
        .toList();
  }

  @Test
  void the_longest_come_first_and_the_budget_counts_padding_and_what_is_generated() {
    List<int[]> sources =
        List.of(source(2, 1), source(10, 2), source(4, 3), source(9, 4), source(3, 5));
    // 2 x (10 + 5) = 30 fits, a third one of 10 does not; then 3 x (4 + 5) = 27.
    assertThat(readable(new GenerationBatches(16, 30, 5, 1, true).of(sources)))
        .containsExactly(
            List.of(List.of(1), List.of(3)), List.of(List.of(2), List.of(4), List.of(0)));
    // Two beams cost twice as much.
    assertThat(readable(new GenerationBatches(16, 30, 5, 2, true).of(sources)))
        .containsExactly(
            List.of(List.of(1)),
            List.of(List.of(3)),
            List.of(List.of(2)),
            List.of(List.of(4)),
            List.of(List.of(0)));
  }

  @Test
  void equal_sources_share_a_place_only_when_they_may() {
    List<int[]> sources = List.of(source(3, 7), source(3, 8), source(3, 7), source(3, 7));
    assertThat(readable(new GenerationBatches(16, 1000, 5, 1, true).of(sources)))
        .containsExactly(List.of(List.of(0, 2, 3), List.of(1)));
    assertThat(readable(new GenerationBatches(16, 1000, 5, 1, false).of(sources)))
        .containsExactly(List.of(List.of(0), List.of(1), List.of(2), List.of(3)));
  }

  /** Copying the indices for each more took time that grew with the square of their number. */
  @Test
  @Timeout(20)
  void hundreds_of_thousands_of_equal_sources_are_joined_at_once() {
    List<int[]> sources = Collections.nCopies(400_000, source(3, 7));
    List<List<int[]>> batches = new GenerationBatches(16, 1000, 5, 1, true).of(sources);
    assertThat(batches).hasSize(1);
    assertThat(batches.get(0).get(0)).isEqualTo(IntStream.range(0, 400_000).toArray());
  }

  @Test
  void no_sources_give_no_batch() {
    assertThat(new GenerationBatches(1, 1, 1, 1, true).of(List.of())).isEmpty();
  }

  /** Holds for all: every source once, batches within their limits unless they hold one source. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void every_source_is_in_one_batch_within_the_limits(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      List<int[]> sources =
          IntStream.range(0, random.nextInt(60))
              .mapToObj(i -> source(1 + random.nextInt(30), random.nextInt(3)))
              .toList();
      int batchSize = 1 + random.nextInt(10);
      int budget = 1 + random.nextInt(400);
      int generated = 1 + random.nextInt(20);
      int beams = 1 + random.nextInt(4);
      List<List<int[]>> batches =
          new GenerationBatches(batchSize, budget, generated, beams, random.nextBoolean())
              .of(sources);
      List<Integer> seen = new ArrayList<>();
      int last = Integer.MAX_VALUE;
      for (List<int[]> batch : batches) {
        int longest = sources.get(batch.get(0)[0]).length;
        assertThat(longest).isLessThanOrEqualTo(last);
        assertThat(batch.size()).isLessThanOrEqualTo(batchSize);
        assertThat(batch.size() == 1 || batch.size() * beams * (longest + generated) <= budget)
            .as("seed %s, round %s", seed, round)
            .isTrue();
        for (int[] place : batch) {
          assertThat(sources.get(place[0]).length).isLessThanOrEqualTo(longest);
          for (int index : place) {
            assertThat(sources.get(index)).isEqualTo(sources.get(place[0]));
            seen.add(index);
          }
        }
        last = longest;
      }
      assertThat(seen)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, sources.size()).boxed().toList());
    }
  }
}
