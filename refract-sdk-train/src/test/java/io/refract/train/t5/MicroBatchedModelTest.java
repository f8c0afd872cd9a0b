package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.scoring.BatchingScorer;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.MicroBatching;
import io.refract.scoring.ScoreFunction;
import io.refract.scoring.Scorer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One loaded T5 answers the single requests of many threads, a batch at a time. */
class MicroBatchedModelTest {

  /** Drawn tokens, which depend on seed and input alone, as an untrained model hardly varies. */
  private static final GenerationSettings SHORT =
      new GenerationSettings(32, 10, 4)
          .withDecoding(Decoding.defaults().withDoSample(true).withSeed(3));

  private static final List<String> TEXTS =
      IntStream.range(0, 40)
          .mapToObj(i -> i + " the parcel did not arrive.".repeat(1 + i * 5 % 4))
          .toList();

  /** Each input alone, which is what a batch must not change. */
  private static List<String> alone(T5Model model) {
    return TEXTS.stream().map(text -> model.generate(List.of(text), SHORT).get(0)).toList();
  }

  private static MicroBatching<String, String> batching(T5Model model) {
    ScoreFunction<String, String> function = (opened, texts) -> opened.generate(texts, SHORT);
    return MicroBatching.of(Scorer.of(function, model))
        .batchSize(8)
        .waitingTime(Duration.ofMillis(20));
  }

  @Test
  void every_thread_gets_the_text_of_its_own_input() throws Exception {
    try (T5Model model = T5ModelTest.create(true, 5)) {
      List<String> alone = alone(model);
      assertThat(alone).doesNotHaveDuplicates();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try (BatchingScorer<String, String> scorer = batching(model).start()) {
        List<Future<String>> answers = new ArrayList<>();
        TEXTS.forEach(text -> answers.add(threads.submit(() -> scorer.score(text))));
        for (int i = 0; i < TEXTS.size(); i++) {
          assertThat(answers.get(i).get()).isEqualTo(alone.get(i));
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void what_was_accepted_before_the_close_is_answered() throws Exception {
    try (T5Model model = T5ModelTest.create(true, 5)) {
      List<String> alone = alone(model);
      List<CompletableFuture<String>> answers = new ArrayList<>();
      try (BatchingScorer<String, String> scorer = batching(model).start()) {
        TEXTS.forEach(text -> answers.add(scorer.submit(text)));
      }
      assertThat(answers).allMatch(CompletableFuture::isDone);
      for (int i = 0; i < TEXTS.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(alone.get(i));
      }
    }
  }
}
