package io.refract.scoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A full queue refuses callers or holds them back, and a request that is given up makes room. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // Some requests are only there to wait.
class BatchingQueueTest extends BatchingFixture {

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
}
