package io.refract.train.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.primitives.Ints;
import io.refract.progress.ProgressListener;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Batching;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.Example;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TaskMixtureTest {

  private static final T5Tokenizer TOKENIZER =
      T5Tokenizer.load(Path.of("src/test/resources/io/refract/train/tokenization/t5"));

  @AfterAll
  static void close() {
    TOKENIZER.close();
  }

  /** Examples of different lengths whose targets are all different. */
  private static Dataset task(String word, int size) {
    return Dataset.of(
        IntStream.range(0, size)
            .mapToObj(i -> new Example("fox ".repeat(1 + i % 5), word + " " + i))
            .toList());
  }

  private static EncodedExamples encode(TaskMixture mixture) {
    return mixture.encode(TOKENIZER, "", 32, 32, ProgressListener.none());
  }

  /** Returns how often each target comes in some epochs. */
  private static Map<String, Integer> targets(EncodedExamples examples, int first, int end) {
    Map<String, Integer> seen = new TreeMap<>();
    for (int epoch = first; epoch < end; epoch++) {
      for (int i = 0; i < examples.size(); i++) {
        seen.merge(TOKENIZER.decode(examples.example(i, epoch).target()), 1, Integer::sum);
      }
    }
    return seen;
  }

  private static long of(String word, Map<String, Integer> seen) {
    return seen.entrySet().stream()
        .filter(e -> e.getKey().startsWith(word))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Returns a text as the tokenizer knows it. */
  private static String text(String text) {
    return TOKENIZER.decode(TOKENIZER.encode(text, 100));
  }

  private static int[] counts(double temperature, OptionalInt limit, int... sizes) {
    return MixtureRates.counts(sizes, limit, temperature, OptionalInt.of(1000));
  }

  @Test
  void tasks_are_mixed_by_their_size_up_to_a_limit_and_more_equally_when_it_is_warm() {
    assertThat(counts(1, OptionalInt.empty(), 900, 100)).containsExactly(900, 100);
    assertThat(counts(1, OptionalInt.of(100), 900, 100)).containsExactly(500, 500);
    assertThat(counts(1, OptionalInt.of(300), 900, 100)).containsExactly(750, 250);
    // sqrt(900) : sqrt(100) is 3 : 1
    assertThat(counts(2, OptionalInt.empty(), 900, 100)).containsExactly(750, 250);
    assertThat(counts(1e9, OptionalInt.empty(), 900, 100)).containsExactly(500, 500);
    assertThat(counts(1, OptionalInt.empty(), 1, 1, 1)).containsExactly(334, 333, 333);
  }

  @Test
  void without_limit_an_epoch_has_every_example_once() {
    EncodedExamples examples = encode(TaskMixture.of("", task("dog", 7)).and("", task("cat", 3)));
    assertThat(examples.size()).isEqualTo(10);
    assertThat(targets(examples, 0, 1)).hasSize(10).allSatisfy((t, n) -> assertThat(n).isOne());
  }

  @Test
  void each_task_has_its_own_prefix() {
    EncodedExamples examples =
        encode(TaskMixture.of("the ", task("dog", 1)).and("over ", task("cat", 1)));
    for (int i = 0; i < 2; i++) {
      String source = TOKENIZER.decode(examples.example(i, 0).source());
      boolean dog = TOKENIZER.decode(examples.example(i, 0).target()).startsWith("dog");
      assertThat(source).isEqualTo(text(dog ? "the fox" : "over fox"));
    }
  }

  @Test
  void no_example_comes_twice_before_every_other_came_once() {
    EncodedExamples examples =
        encode(TaskMixture.of("", task("dog", 12)).and("", task("cat", 3)).limit(4));
    assertThat(examples.size()).isEqualTo(7);
    assertThat(of("dog", targets(examples, 0, 1))).isEqualTo(4);
    assertThat(targets(examples, 0, 3)).hasSize(15);
    Map<String, Integer> sixEpochs = targets(examples, 0, 6);
    sixEpochs.forEach((t, n) -> assertThat(n).as(t).isEqualTo(t.startsWith("dog") ? 2 : 6));
  }

  @Test
  void small_tasks_are_repeated_within_an_epoch_when_it_is_warm() {
    EncodedExamples examples =
        encode(
            TaskMixture.of("", task("dog", 16))
                .and("", task("cat", 1))
                .temperature(2)
                .epochExamples(10));
    Map<String, Integer> seen = targets(examples, 0, 1);
    assertThat(of("dog", seen)).isEqualTo(8);
    assertThat(seen).containsEntry("cat 0", 2);
  }

  @Test
  void an_epoch_has_the_lengths_that_it_says() {
    EncodedExamples examples =
        encode(TaskMixture.of("", task("dog", 12)).and("", task("cat", 3)).limit(4));
    for (int epoch : new int[] {0, 2, 1}) {
      EncodedExamples view = examples.epoch(epoch);
      for (int i = 0; i < examples.size(); i++) {
        assertThat(view.sourceTokens(i)).isEqualTo(examples.example(i, epoch).source().length);
        assertThat(view.targetTokens(i)).isEqualTo(examples.example(i, epoch).target().length);
      }
    }
  }

  @Test
  void the_seed_decides_the_order() {
    TaskMixture mixture = TaskMixture.of("", task("dog", 12)).limit(6);
    assertThat(targets(encode(mixture), 0, 1)).isEqualTo(targets(encode(mixture), 0, 1));
    assertThat(targets(encode(mixture.seed(1)), 0, 1))
        .isNotEqualTo(targets(encode(mixture.seed(2)), 0, 1));
  }

  @Test
  void packed_batches_of_every_epoch_hold_what_was_planned() throws Exception {
    EncodedExamples examples =
        encode(TaskMixture.of("", task("dog", 40)).and("", task("cat", 8)).limit(10));
    BatchLoader loader = BatchLoader.of(examples, Batching.defaults().withPacking(true), 3);
    for (int epoch = 0; epoch < 3; epoch++) {
      int seen = 0;
      try (BatchStream batches = loader.epoch(epoch)) {
        while (batches.hasNext()) {
          var batch = batches.next();
          assertThat(batch.batch().sourceLength()).isLessThanOrEqualTo(32);
          seen += batch.examples().length;
        }
      }
      assertThat(seen).isEqualTo(18);
    }
  }

  @Test
  void a_corpus_in_a_mixture_is_corrupted_anew_each_time_it_was_gone_through() {
    TextCorpus corpus = TextCorpus.of("dogs", List.of("the lazy dog ".repeat(20)));
    EncodedExamples examples = encode(TaskMixture.of("", corpus).and("", task("cat", 2)));
    int texts = examples.size() - 2;
    assertThat(texts).isPositive();
    List<Integer> first = Ints.asList(examples.example(0, 0).source());
    assertThat(
            IntStream.range(0, texts).mapToObj(i -> Ints.asList(examples.example(i, 1).source())))
        .doesNotContain(first);
  }

  @Test
  void the_provenance_tells_tasks_and_settings() {
    TaskMixture mixture = TaskMixture.of("a: ", task("dog", 5)).and("b: ", task("cat", 4));
    assertThat(mixture.provenance().rows()).isEqualTo(9);
    assertThat(mixture.limit(3).temperature(2).provenance().split())
        .isEqualTo("limit 3, temperature 2.0, epoch none");
    assertThat(mixture.provenance().name())
        .isEqualTo("mixture of examples in memory, examples in memory");
    assertThat(mixture.provenance()).isEqualTo(mixture.provenance());
    assertThat(mixture.limit(3).provenance().sha256()).isNotEqualTo(mixture.provenance().sha256());
    assertThat(
            TaskMixture.of("c: ", task("dog", 5)).and("b: ", task("cat", 4)).provenance().sha256())
        .isNotEqualTo(mixture.provenance().sha256());
  }

  @Test
  void settings_out_of_range_are_refused_with_rule_and_value() {
    TaskMixture mixture = TaskMixture.of("", task("dog", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mixture.limit(0))
        .withMessage("limit must be at least 1 but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mixture.temperature(0.5))
        .withMessage("temperature must be at least 1 but was 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mixture.epochExamples(0))
        .withMessage("examples of an epoch must be at least 1 but was 0");
  }
}
