package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {

  private static T5Tokenizer tokenizer;
  private static Dataset data;

  @BeforeAll
  static void load() throws URISyntaxException {
    tokenizer =
        T5Tokenizer.load(
            Path.of(T5Tokenizer.class.getResource("/io/refract/train/tokenization/t5").toURI()));
    Random random = new Random(5);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 203; i++) {
      examples.add(
          new Example(
              "card ".repeat(1 + random.nextInt(40)) + i, "late ".repeat(1 + random.nextInt(5))));
    }
    data = Dataset.of(examples);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static EncodedDataset encoded() {
    return EncodedDataset.encode(data, tokenizer, "", 64, 16, ProgressListener.none());
  }

  private static Batching batchesOf(int rows) {
    return Batching.defaults().withBatchSize(rows);
  }

  @Test
  void a_batch_size_that_is_larger_than_any_data_gives_one_batch() {
    for (int rows : new int[] {203, 1 << 30, Integer.MAX_VALUE}) {
      BatchLoader loader = BatchLoader.of(encoded(), batchesOf(rows), 1);
      assertThat(loader.batches(0)).as("batch size %s", rows).isEqualTo(1);
      List<LoadedBatch> batches = drain(loader.epoch(0));
      assertThat(batches).hasSize(1);
      assertThat(batches.get(0).examples()).hasSize(203);
    }
  }

  private static List<LoadedBatch> drain(BatchStream stream) {
    List<LoadedBatch> batches = new ArrayList<>();
    try (stream) {
      stream.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static List<Integer> examples(List<LoadedBatch> batches) {
    return batches.stream().flatMap(batch -> Arrays.stream(batch.examples()).boxed()).toList();
  }

  @Test
  void an_epoch_gives_each_example_once_in_batches_of_like_length() {
    EncodedDataset rows = encoded();
    BatchLoader loader = BatchLoader.of(rows, batchesOf(8).withGroupByLength(true), 1);
    List<LoadedBatch> batches = drain(loader.epoch(0));
    assertThat(batches).hasSize(loader.batches(0)).hasSize(26);
    assertThat(examples(batches))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 203).boxed().toList());
    int real = batches.stream().mapToInt(batch -> batch.batch().sourceTokens()).sum();
    int all = batches.stream().mapToInt(batch -> batch.batch().inputIds().length).sum();
    assertThat(real).isGreaterThan((int) (0.8 * all));
    assertThat(batches.get(0).batch().sourceLength())
        .isEqualTo(IntStream.range(0, 203).map(rows::sourceTokens).max().orElseThrow());
  }

  @Test
  void sources_of_one_length_meet_at_random_whatever_their_labels() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      examples.add(new Example("card " + (100 + i), i % 2 == 0 ? "late" : "late late late"));
    }
    EncodedDataset rows =
        EncodedDataset.encode(Dataset.of(examples), tokenizer, "", 64, 16, ProgressListener.none());
    Batching grouped = batchesOf(8).withGroupByLength(true);
    List<LoadedBatch> batches = drain(BatchLoader.of(rows, grouped, 1).epoch(0));

    // Sorted by the length of the labels, too, nearly every batch would have one label.
    assertThat(batches)
        .filteredOn(
            batch ->
                Arrays.stream(batch.examples()).map(rows::targetTokens).distinct().count() == 1)
        .hasSizeLessThan(batches.size() / 4);
  }

  @Test
  void without_grouping_by_length_batches_are_drawn_at_random() {
    EncodedDataset rows = encoded();
    List<LoadedBatch> batches = drain(BatchLoader.of(rows, batchesOf(8), 1).epoch(0));
    assertThat(batches).hasSize(26);
    assertThat(batches.get(0).batch().sourceLength())
        .isEqualTo(IntStream.range(0, 203).map(rows::sourceTokens).max().orElseThrow());
    assertThat(examples(batches))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 203).boxed().toList());
    int real = batches.stream().mapToInt(batch -> batch.batch().sourceTokens()).sum();
    int all = batches.stream().mapToInt(batch -> batch.batch().inputIds().length).sum();
    assertThat(real).isLessThan((int) (0.7 * all));
  }

  @Test
  void the_order_depends_on_seed_and_epoch_alone() {
    BatchLoader loader = BatchLoader.of(encoded(), batchesOf(8), 1);
    List<Integer> first = examples(drain(loader.epoch(0)));
    assertThat(examples(drain(BatchLoader.of(encoded(), batchesOf(8), 1).epoch(0))))
        .isEqualTo(first);
    assertThat(examples(drain(loader.epoch(1)))).isNotEqualTo(first);
    assertThat(examples(drain(BatchLoader.of(encoded(), batchesOf(8), 2).epoch(0))))
        .isNotEqualTo(first);
  }

  @Test
  void an_epoch_can_begin_in_its_middle() {
    BatchLoader loader = BatchLoader.of(encoded(), batchesOf(8), 1);
    List<LoadedBatch> whole = drain(loader.epoch(3));
    List<LoadedBatch> rest = drain(loader.epoch(3, 10));
    assertThat(examples(rest)).isEqualTo(examples(whole.subList(10, whole.size())));
    assertThat(rest.get(0).number()).isEqualTo(10);
    assertThat(drain(loader.epoch(3, 26))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> loader.epoch(0, 27));
  }

  @Test
  void an_evaluation_gives_each_example_once_longest_first() {
    List<LoadedBatch> batches = drain(BatchLoader.of(encoded(), batchesOf(8), 1).evaluation());
    assertThat(examples(batches))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 203).boxed().toList());
    assertThat(batches).extracting(batch -> -batch.batch().sourceLength()).isSorted();
  }

  @Test
  void rows_are_padded_to_the_longest_and_labels_are_ignored_behind_the_end() {
    Batch batch =
        Collator.paddingWith(0)
            .collate(new int[][] {{5, 6, 1}, {7, 1}}, new int[][] {{9, 1}, {8, 4, 3, 1}});
    assertThat(batch.inputIds()).containsExactly(5, 6, 1, 7, 1, 0);
    assertThat(batch.attentionMask()).containsExactly(1, 1, 1, 1, 1, 0);
    assertThat(batch.labels()).containsExactly(9, 1, -100, -100, 8, 4, 3, 1);
    assertThat(batch.targetTokens()).isEqualTo(6);
    assertThat(batch.sourceTokens()).isEqualTo(5);
    assertThat(batch).hasToString("Batch[2 x 3 -> 2 x 4]");
  }

  @Test
  void a_padding_token_inside_a_text_is_not_masked() {
    Batch batch = Collator.paddingWith(0).collate(new int[][] {{5, 0, 1}}, new int[][] {{0, 1}});
    assertThat(batch.attentionMask()).containsExactly(1, 1, 1);
    assertThat(batch.labels()).containsExactly(0, 1);
  }

  @Test
  void long_texts_are_cut_and_counted_and_keep_their_end_token() {
    List<ProgressEvent> events = new ArrayList<>();
    EncodedDataset rows = EncodedDataset.encode(data, tokenizer, "fix: ", 12, 3, events::add);
    assertThat(rows.truncatedSources()).isPositive();
    assertThat(rows.truncatedTargets()).isPositive();
    Batch batch = rows.batch(IntStream.range(0, 203).toArray());
    assertThat(batch.sourceLength()).isEqualTo(12);
    assertThat(batch.targetLength()).isEqualTo(3);
    for (int row = 0; row < 203; row++) {
      assertThat(batch.inputIds()[row * 12 + rows.sourceTokens(row) - 1]).isEqualTo(1);
      assertThat(batch.labels()[row * 3 + rows.targetTokens(row) - 1]).isEqualTo(1);
      int[] alone = tokenizer.encode("fix: " + data.examples().get(row).source(), 12);
      assertThat(Arrays.copyOfRange(batch.inputIds(), row * 12, row * 12 + alone.length))
          .containsExactly(Arrays.stream(alone).asLongStream().toArray());
    }
    assertThat(events).last().satisfies(event -> assertThat(event.finished()).isTrue());
  }

  @Test
  void examples_with_unknown_characters_are_counted() {
    Dataset odd = Dataset.of(List.of(new Example("{ card }", "late"), new Example("card", "late")));
    assertThat(
            EncodedDataset.encode(odd, tokenizer, "", 64, 16, ProgressListener.none())
                .rowsWithUnknownTokens())
        .isEqualTo(1);
  }

  @Test
  void a_failure_of_the_background_thread_reaches_the_caller() {
    BatchStream stream =
        new BatchStream(
            2,
            0,
            number -> {
              if (number == 1) {
                throw new OutOfMemoryError("too large");
              }
              Batch batch = Collator.paddingWith(0).collate(new int[][] {{1}}, new int[][] {{1}});
              return new LoadedBatch(number, new int[] {number}, batch);
            });
    try (stream) {
      assertThat(stream.next().number()).isZero();
      assertThatThrownBy(stream::next)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Making batch 1 of 2 failed")
          .hasRootCauseMessage("too large");
      assertThat(stream.hasNext()).isFalse();
    }
  }

  @Test
  void closing_early_ends_the_background_thread() {
    Set<Thread> before = loaderThreads();
    BatchStream stream = BatchLoader.of(encoded(), batchesOf(1), 1).epoch(0);
    stream.next();
    stream.close();
    stream.close();
    assertThat(loaderThreads()).isSubsetOf(before);
    assertThat(stream.hasNext()).isFalse();
  }

  private static Set<Thread> loaderThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().equals("refract-batches"));
    return threads;
  }

  @Test
  void an_interrupted_caller_keeps_its_interrupt() {
    try (BatchStream stream =
        new BatchStream(
            1,
            0,
            number -> {
              throw new IllegalStateException("never asked twice");
            })) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(stream::next).isInstanceOf(DataException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
