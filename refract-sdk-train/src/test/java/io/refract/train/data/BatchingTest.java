package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches of as many rows as a number of tokens permits, and rows that examples share. */
class BatchingTest {

  private static final int MAX_SOURCE = 48;
  private static final int MAX_TARGET = 12;

  /** Examples whose ids tell which example they are. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rows(int[] sources, int[] targets) implements EncodedExamples {

    static Rows random(int count, long seed) {
      Random random = new Random(seed);
      return new Rows(
          random.ints(count, 1, MAX_SOURCE + 1).toArray(),
          random.ints(count, 1, MAX_TARGET + 1).toArray());
    }

    @Override
    public int size() {
      return sources.length;
    }

    @Override
    public int sourceTokens(int example) {
      return sources[example];
    }

    @Override
    public int targetTokens(int example) {
      return targets[example];
    }

    @Override
    public int maxSourceTokens() {
      return MAX_SOURCE;
    }

    @Override
    public int maxTargetTokens() {
      return MAX_TARGET;
    }

    @Override
    public Encoded example(int example, int epoch) {
      int[] source = new int[sources[example]];
      int[] target = new int[targets[example]];
      Arrays.fill(source, 1 + example);
      Arrays.fill(target, 1 + example);
      return new Encoded(source, target);
    }

    @Override
    public int padTokenId() {
      return 0;
    }
  }

  private static List<LoadedBatch> epoch(EncodedExamples data, Batching batching, int epoch) {
    List<LoadedBatch> batches = new ArrayList<>();
    BatchLoader loader = BatchLoader.of(data, batching, 3);
    try (BatchStream stream = loader.epoch(epoch)) {
      stream.forEachRemaining(batches::add);
    }
    assertThat(batches).hasSize(loader.batches(epoch));
    assertThat(batches.stream().flatMapToInt(batch -> Arrays.stream(batch.examples())).sorted())
        .containsExactlyElementsOf(IntStream.range(0, data.size()).boxed().toList());
    return batches;
  }

  private static long tokens(Batch batch) {
    return (long) batch.rows() * (batch.sourceLength() + batch.targetLength());
  }

  @Test
  void what_is_there_to_save_padding_groups_by_length_unless_told_otherwise() {
    Batching rows = Batching.defaults().withBatchSize(16);
    assertThat(rows.groupsByLength()).isFalse();
    assertThat(rows.withGroupByLength(true).groupsByLength()).isTrue();
    assertThat(rows.withTokenBudget(400).groupsByLength()).isTrue();
    assertThat(rows.withPacking(true).groupsByLength()).isTrue();
    assertThat(rows.withGroupByLength(false).withTokenBudget(400).groupsByLength()).isFalse();
  }

  @Test
  void a_token_budget_is_never_exceeded_and_well_used() {
    for (int seed = 0; seed < 20; seed++) {
      List<LoadedBatch> batches =
          epoch(Rows.random(500, seed), Batching.defaults().withTokenBudget(400), seed);
      assertThat(batches).allMatch(batch -> tokens(batch.batch()) <= 400);
      double used = batches.stream().mapToLong(batch -> tokens(batch.batch())).average().orElse(0);
      assertThat(used).as("seed %s", seed).isGreaterThan(0.75 * 400);
    }
  }

  @Test
  void an_example_beyond_the_budget_makes_a_batch_of_its_own() {
    Rows rows = new Rows(new int[] {48, 3, 3}, new int[] {12, 2, 2});
    List<LoadedBatch> batches = epoch(rows, Batching.defaults().withTokenBudget(20), 0);
    assertThat(batches).extracting(batch -> batch.batch().rows()).containsExactly(1, 2);
  }

  @Test
  void packed_rows_hold_whole_examples_side_by_side() {
    for (int seed = 0; seed < 20; seed++) {
      Rows rows = Rows.random(300, seed);
      List<LoadedBatch> batches =
          epoch(rows, Batching.defaults().withBatchSize(4).withPacking(true), seed);
      for (LoadedBatch loaded : batches) {
        Batch batch = loaded.batch();
        assertThat(batch.sourceLength()).isLessThanOrEqualTo(MAX_SOURCE);
        assertThat(batch.targetLength()).isLessThanOrEqualTo(MAX_TARGET);
        assertSegmentsAreExamples(batch);
      }
      long rowsUsed = batches.stream().mapToLong(batch -> batch.batch().rows()).sum();
      assertThat(rowsUsed).as("seed %s", seed).isLessThan(240);
    }
  }

  /**
   * Ids tell their example: a segment has one id in source and target, and its neighbours others.
   */
  private static void assertSegmentsAreExamples(Batch batch) {
    Segments segments = batch.segments();
    for (int row = 0; row < batch.rows(); row++) {
      List<Long> bySegment = new ArrayList<>();
      for (int i = 0; i < batch.sourceLength(); i++) {
        int at = row * batch.sourceLength() + i;
        int segment = segments == null ? (int) batch.attentionMask()[at] : segments.sources()[at];
        if (segment > bySegment.size()) {
          bySegment.add(batch.inputIds()[at]);
        }
        assertThat(batch.inputIds()[at]).isEqualTo(segment == 0 ? 0 : bySegment.get(segment - 1));
      }
      for (int i = 0; i < batch.targetLength() && segments != null; i++) {
        int at = row * batch.targetLength() + i;
        int segment = segments.targets()[at];
        assertThat(batch.labels()[at])
            .isEqualTo(segment == 0 ? Batch.IGNORED : bySegment.get(segment - 1));
      }
      assertThat(bySegment).doesNotHaveDuplicates();
    }
  }

  @Test
  void packing_and_budget_go_together() {
    List<LoadedBatch> batches =
        epoch(Rows.random(300, 1), Batching.defaults().withTokenBudget(240).withPacking(true), 0);
    assertThat(batches).allMatch(batch -> tokens(batch.batch()) <= 240);
    assertThat(batches).anyMatch(batch -> batch.batch().segments() != null);
  }

  @Test
  void the_longest_row_comes_first() {
    Rows rows = Rows.random(200, 9);
    for (Batching batching :
        List.of(Batching.defaults(), Batching.defaults().withTokenBudget(300))) {
      int longest = Arrays.stream(rows.sources()).max().orElseThrow();
      assertThat(epoch(rows, batching, 2).get(0).batch().sourceLength()).isEqualTo(longest);
    }
  }

  @Test
  void values_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batching.defaults().withTokenBudget(0))
        .withMessage("token budget must be at least 1 but was 0");
  }
}
