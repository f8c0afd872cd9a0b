package io.refract.scoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing here sleeps: a gate in the score function decides when a batch is done. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // Some requests are only there to wait.
class BatchingScorerTest {

  private static final Duration FOREVER = Duration.ofDays(1);

  private final AtomicBoolean modelClosed = new AtomicBoolean();
  private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore begun = new Semaphore(0);
  private final Semaphore gate = new Semaphore(0);

  private final TextModel model =
      new TextModel() {
        @Override
        public List<String> generate(List<String> inputs, GenerationSettings settings) {
          return inputs;
        }

        @Override
        public void close() {
          modelClosed.set(true);
        }
      };

  private MicroBatching<String, String> batching(ScoreFunction<String, String> function) {
    return MicroBatching.of(Scorer.of(function, model));
  }

  private List<String> shout(TextModel any, List<String> inputs) {
    calls.add(List.copyOf(inputs));
    if (inputs.contains("bad")) {
      throw new IllegalArgumentException("bad input");
    }
    return inputs.stream().map(it -> it + "!").toList();
  }

  /** Says that it began, and waits until the test opens the gate. */
  private List<String> gated(TextModel any, List<String> inputs) {
    begun.release();
    gate.acquireUninterruptibly();
    return shout(any, inputs);
  }

  /** Keeps the only worker busy with an input "first" until the gate is opened. */
  private void occupy(BatchingScorer<String, String> scorer) {
    scorer.submit("first");
    begun.acquireUninterruptibly();
  }

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
  void a_full_queue_rejects() {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated).batchSize(1).queueCapacity(2).whenFull(WhenFull.reject()).start()) {
      occupy(scorer);
      scorer.submit("a");
      scorer.submit("b");
      assertThatExceptionOfType(ScorerOverloadedException.class)
          .isThrownBy(() -> scorer.submit("c"))
          .withMessageContaining("2 wait already")
          .withMessageContaining("queueCapacity");
      assertThat(scorer.metrics().rejected()).isEqualTo(1);
      assertThat(scorer.metrics().requests()).isEqualTo(3);
      gate.release(3);
    }
    assertThat(calls).doesNotContain(List.of("c")).hasSize(3);
  }

  @Test
  void a_full_queue_holds_the_caller_back_for_a_time() {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated)
            .batchSize(1)
            .queueCapacity(1)
            .whenFull(WhenFull.block(Duration.ofMillis(30)))
            .start()) {
      occupy(scorer);
      scorer.submit("a");
      long start = System.nanoTime();
      assertThatExceptionOfType(ScorerOverloadedException.class)
          .isThrownBy(() -> scorer.score("b"));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(30));
      gate.release(2);
    }
  }

  /** Starts a thread and waits until it waits; returns what it threw, or null, when it ends. */
  private static CompletableFuture<Throwable> whenWaiting(
      Runnable call, AtomicReference<Thread> thread) {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                call.run();
                ended.complete(new AssertionError("it returned"));
              } catch (Throwable e) {
                ended.complete(e);
              }
            });
    thread.set(caller);
    caller.start();
    while (caller.getState() != Thread.State.TIMED_WAITING
        && caller.getState() != Thread.State.WAITING
        && !ended.isDone()) {
      Thread.onSpinWait();
    }
    return ended;
  }

  @Test
  void a_caller_that_is_held_back_goes_on_when_there_is_a_place() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated)
            .batchSize(1)
            .queueCapacity(1)
            .whenFull(WhenFull.block(FOREVER))
            .start()) {
      occupy(scorer);
      scorer.submit("a");
      AtomicReference<String> output = new AtomicReference<>();
      AtomicReference<Thread> thread = new AtomicReference<>();
      CompletableFuture<Throwable> ended =
          whenWaiting(() -> output.set(requireNonNull(scorer.score("b"))), thread);
      gate.release(3);
      assertThat(ended.get()).hasMessage("it returned");
      assertThat(output).hasValue("b!");
    }
  }

  @Test
  void an_interrupted_caller_gives_its_request_up() throws Exception {
    try (BatchingScorer<String, String> scorer = batching(this::gated).batchSize(1).start()) {
      occupy(scorer);
      AtomicBoolean flag = new AtomicBoolean();
      AtomicReference<Thread> thread = new AtomicReference<>();
      CompletableFuture<Throwable> ended =
          whenWaiting(
              () -> {
                try {
                  scorer.score("unwanted");
                } finally {
                  flag.set(Thread.currentThread().isInterrupted());
                }
              },
              thread);
      requireNonNull(thread.get()).interrupt();
      assertThat(ended.get())
          .isInstanceOf(ScoringException.class)
          .hasMessageContaining("interrupted while waiting for its output");
      assertThat(flag).isTrue();
      assertThat(scorer.metrics().queueDepth()).isZero();
      assertThat(scorer.metrics().cancelled()).isEqualTo(1);
      gate.release();
    }
    assertThat(calls).containsExactly(List.of("first"));
  }

  @Test
  void an_interrupted_caller_that_is_held_back_is_released() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated)
            .batchSize(1)
            .queueCapacity(1)
            .whenFull(WhenFull.block(FOREVER))
            .start()) {
      occupy(scorer);
      scorer.submit("a");
      AtomicReference<Thread> thread = new AtomicReference<>();
      CompletableFuture<Throwable> ended = whenWaiting(() -> scorer.submit("b"), thread);
      requireNonNull(thread.get()).interrupt();
      assertThat(ended.get()).hasMessageContaining("interrupted while waiting for a place");
      gate.release(2);
    }
    assertThat(calls).containsExactly(List.of("first"), List.of("a"));
  }

  @Test
  void a_cancelled_request_makes_room_and_is_not_scored() throws Exception {
    try (BatchingScorer<String, String> scorer =
        batching(this::gated).batchSize(1).queueCapacity(1).whenFull(WhenFull.reject()).start()) {
      occupy(scorer);
      CompletableFuture<@Nullable String> unwanted = scorer.submit("unwanted");
      assertThat(unwanted.cancel(true)).isTrue();
      CompletableFuture<@Nullable String> wanted = scorer.submit("wanted");
      gate.release(2);
      assertThat(wanted.get()).isEqualTo("wanted!");
      assertThat(scorer.metrics().cancelled()).isEqualTo(1);
    }
    assertThat(calls).containsExactly(List.of("first"), List.of("wanted"));
  }

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
