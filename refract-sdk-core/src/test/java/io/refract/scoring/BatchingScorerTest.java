package io.refract.scoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of many threads are scored in batches, and each gets its own output or failure. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // Some requests are only there to wait.
class BatchingScorerTest extends BatchingFixture {

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "3, 8"})
  void many_threads_get_the_outputs_of_their_own_inputs(int workers, int batchSize)
      throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (BatchingScorer<String, String> scorer =
        batching(this::shout)
            .workers(workers)
            .batchSize(batchSize)
            .queueCapacity(16)
            .waitingTime(Duration.ofMillis(1))
            .start()) {
      List<Callable<String>> tasks =
          IntStream.range(0, 500)
              .<Callable<String>>mapToObj(i -> () -> requireNonNull(scorer.score("text " + i)))
              .toList();
      List<Future<String>> outputs = callers.invokeAll(tasks);
      for (int i = 0; i < 500; i++) {
        assertThat(outputs.get(i).get()).isEqualTo("text " + i + "!");
      }
      BatchingMetrics metrics = scorer.metrics();
      assertThat(metrics.requests()).isEqualTo(500);
      assertThat(metrics.succeeded()).isEqualTo(500);
      assertThat(metrics.batches()).isEqualTo(calls.size());
      assertThat(metrics.batchedRequests()).isEqualTo(500);
      assertThat(metrics.queueDepth()).isZero();
      assertThat(metrics.longestQueue()).isBetween(1, 16);
    } finally {
      callers.shutdownNow();
    }
    assertThat(calls).allMatch(call -> call.size() <= batchSize);
    assertThat(modelClosed).isTrue();
  }

  @Test
  void what_waits_while_a_batch_is_scored_is_the_next_batch() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated).batchSize(3).waitingTime(Duration.ZERO).start()) {
      occupy(scorer);
      List<CompletableFuture<@Nullable String>> outputs = new ArrayList<>();
      for (String input : List.of("a", "b", "c", "d")) {
        outputs.add(scorer.submit(input));
      }
      assertThat(scorer.metrics().queueDepth()).isEqualTo(4);
      gate.release(3);
      assertThat(outputs.get(3).get()).isEqualTo("d!");
      assertThat(calls).containsExactly(List.of("first"), List.of("a", "b", "c"), List.of("d"));
      assertThat(scorer.metrics().meanBatchSize()).isEqualTo(5 / 3.0);
      assertThat(scorer.metrics().meanWait()).isPositive();
      assertThat(scorer.metrics().longestWait()).isPositive();
    }
  }

  @Test
  void a_full_batch_does_not_wait() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::shout).batchSize(2).waitingTime(FOREVER).start()) {
      CompletableFuture<@Nullable String> first = scorer.submit("a");
      CompletableFuture<@Nullable String> second = scorer.submit("b");
      assertThat(first.get()).isEqualTo("a!");
      assertThat(second.get()).isEqualTo("b!");
      assertThat(calls).containsExactly(List.of("a", "b"));
    }
  }

  @Test
  void a_batch_that_is_not_full_is_scored_after_the_waiting_time() {
    try (BatchingScorer<String, String> scorer =
        batching(this::shout).batchSize(100).waitingTime(Duration.ofMillis(20)).start()) {
      assertThat(scorer.score("a")).isEqualTo("a!");
      assertThat(scorer.metrics().longestWait()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }
  }

  @Test
  void null_and_blank_inputs_give_null() {
    try (BatchingScorer<String, String> scorer = batching(this::shout).start()) {
      assertThat(scorer.score(null)).isNull();
      assertThat(scorer.score("  ")).isNull();
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void an_input_that_fails_fails_alone() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::shout).batchSize(3).waitingTime(FOREVER).start()) {
      CompletableFuture<@Nullable String> first = scorer.submit("a");
      CompletableFuture<@Nullable String> bad = scorer.submit("bad");
      CompletableFuture<@Nullable String> last = scorer.submit("c");
      assertThat(first.get()).isEqualTo("a!");
      assertThat(last.get()).isEqualTo("c!");
      assertThatThrownBy(bad::get)
          .hasCauseInstanceOf(ScoringException.class)
          .hasMessageContaining("cannot score 1 inputs")
          .hasRootCauseMessage("bad input");
      assertThat(scorer.metrics().succeeded()).isEqualTo(2);
      assertThat(scorer.metrics().failed()).isEqualTo(1);
      assertThat(scorer.metrics().batches()).isEqualTo(1);
    }
    assertThat(calls)
        .containsExactly(List.of("a", "bad", "c"), List.of("a"), List.of("bad"), List.of("c"));
  }

  @Test
  void a_blocking_call_says_why_its_input_failed() {
    try (BatchingScorer<String, String> scorer = batching(this::shout).batchSize(1).start()) {
      assertThatExceptionOfType(ScoringException.class)
          .isThrownBy(() -> scorer.score("bad"))
          .withMessageContaining("bad input")
          .withStackTraceContaining("BatchingScorerTest");
    }
  }

  @Test
  void an_error_is_reported_and_the_worker_lives_on() {
    ScoreFunction<String, String> function =
        (any, inputs) -> {
          if (inputs.contains("bad")) {
            throw new StackOverflowError("too deep");
          }
          return inputs;
        };
    try (BatchingScorer<String, String> scorer = batching(function).batchSize(1).start()) {
      assertThatThrownBy(() -> scorer.score("bad"))
          .isInstanceOf(ScoringException.class)
          .hasRootCauseInstanceOf(StackOverflowError.class);
      assertThat(scorer.score("good")).isEqualTo("good");
    }
  }

  @Test
  void settings_are_checked_at_once() {
    MicroBatching<String, String> batching = batching(this::shout);
    assertThatThrownBy(() -> batching.batchSize(0)).hasMessageContaining("batch size");
    assertThatThrownBy(() -> batching.queueCapacity(0)).hasMessageContaining("queue capacity");
    assertThatThrownBy(() -> batching.workers(0)).hasMessageContaining("workers");
    assertThatThrownBy(() -> batching.waitingTime(Duration.ofMillis(-1)))
        .hasMessageContaining("waiting time");
    assertThatThrownBy(() -> WhenFull.block(Duration.ofMillis(-1)))
        .hasMessageContaining("must not be negative");
  }
}
