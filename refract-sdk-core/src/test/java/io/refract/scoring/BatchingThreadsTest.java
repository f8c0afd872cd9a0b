package io.refract.scoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers answer what was accepted before they end, and survive what a score function does to them.
 */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // Some requests are only there to wait.
class BatchingThreadsTest extends BatchingFixture {

  @Test
  void closing_answers_what_was_accepted_and_refuses_what_comes_later() throws Exception {
    BatchingScorer<String, String> scorer =
        batching(this::gated)
            .batchSize(2)
            .queueCapacity(3)
            .waitingTime(FOREVER)
            .whenFull(WhenFull.block(FOREVER))
            .start();
    scorer.submit("first");
    scorer.submit("second");
    begun.acquireUninterruptibly();
    List<CompletableFuture<@Nullable String>> accepted =
        List.of(scorer.submit("a"), scorer.submit("b"), scorer.submit("c"));
    AtomicReference<Thread> held = new AtomicReference<>();
    CompletableFuture<Throwable> heldBack = whenWaiting(() -> scorer.submit("late"), held);
    AtomicReference<Thread> closing = new AtomicReference<>();
    CompletableFuture<Throwable> closed = whenWaiting(scorer::close, closing);

    assertThat(heldBack.get()).hasMessageContaining("the batching scorer is closed");
    assertThat(modelClosed).isFalse();
    assertThatThrownBy(() -> scorer.submit("later")).hasMessageContaining("is closed");
    gate.release(3);
    assertThat(closed.get()).hasMessage("it returned");
    for (int i = 0; i < 3; i++) {
      assertThat(accepted.get(i).get()).isEqualTo("abc".charAt(i) + "!");
    }
    assertThat(modelClosed).isTrue();
    scorer.close();
  }

  private static long scoringThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("refract-scoring-"))
        .count();
  }

  @Test
  void its_threads_are_named_daemons_and_end_with_it() throws Exception {
    AtomicReference<Thread> seen = new AtomicReference<>();
    long before = scoringThreads();
    try (BatchingScorer<String, String> scorer =
        batching(
                (any, inputs) -> {
                  seen.set(Thread.currentThread());
                  return inputs;
                })
            .workers(2)
            .start()) {
      scorer.score("a");
      assertThat(scoringThreads()).isEqualTo(before + 2);
    }
    assertThat(requireNonNull(seen.get()).isDaemon()).isTrue();
    assertThat(requireNonNull(seen.get()).getName()).startsWith("refract-scoring-");
    assertThat(scoringThreads()).isEqualTo(before);
  }

  @Test
  void two_workers_score_at_the_same_time() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    ScoreFunction<String, String> meets =
        (any, inputs) -> {
          both.countDown();
          try {
            assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return inputs;
        };
    try (BatchingScorer<String, String> scorer = batching(meets).workers(2).batchSize(1).start()) {
      CompletableFuture<@Nullable String> a = scorer.submit("a");
      CompletableFuture<@Nullable String> b = scorer.submit("b");
      assertThat(a.get() + b.get()).isEqualTo("ab");
    }
  }

  @Test
  void its_own_thread_cannot_wait_for_itself() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated).batchSize(1).waitingTime(Duration.ZERO).start()) {
      CompletableFuture<String> chained =
          scorer.submit("a").thenApply(output -> requireNonNull(scorer.score(output)));
      CompletableFuture<Void> closing = scorer.submit("b").thenRun(scorer::close);
      gate.release(2);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(chained::get)
          .withMessageContaining("would wait for itself");
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(closing::get)
          .withMessageContaining("would wait for itself");
    }
  }

  @Test
  void a_worker_that_a_score_function_interrupted_goes_on() {
    ScoreFunction<String, String> rude =
        (any, inputs) -> {
          Thread.currentThread().interrupt();
          return inputs;
        };
    try (BatchingScorer<String, String> scorer =
        batching(rude).waitingTime(Duration.ofMillis(1)).start()) {
      assertThat(scorer.score("a")).isEqualTo("a");
      assertThat(scorer.score("b")).isEqualTo("b");
    }
  }
}
