package io.refract.scoring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A score function whose batches are done when a test opens a gate, so that no test sleeps. */
@SuppressWarnings("FutureReturnValueIgnored") // Some requests are only there to wait.
abstract class BatchingFixture {

  static final Duration FOREVER = Duration.ofDays(1);

  final AtomicBoolean modelClosed = new AtomicBoolean();
  final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
  final Semaphore begun = new Semaphore(0);
  final Semaphore gate = new Semaphore(0);

  final TextModel model =
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

  MicroBatching<String, String> batching(ScoreFunction<String, String> function) {
    return MicroBatching.of(Scorer.of(function, model));
  }

  List<String> shout(TextModel any, List<String> inputs) {
    calls.add(List.copyOf(inputs));
    if (inputs.contains("bad")) {
      throw new IllegalArgumentException("bad input");
    }
    return inputs.stream().map(it -> it + "!").toList();
  }

  /** Says that it began, and waits until the test opens the gate. */
  List<String> gated(TextModel any, List<String> inputs) {
    begun.release();
    gate.acquireUninterruptibly();
    return shout(any, inputs);
  }

  /** Keeps the only worker busy with an input "first" until the gate is opened. */
  void occupy(BatchingScorer<String, String> scorer) {
    scorer.submit("first");
    begun.acquireUninterruptibly();
  }

  /** Starts a thread and waits until it waits; returns what it threw, or null, when it ends. */
  static CompletableFuture<Throwable> whenWaiting(Runnable call, AtomicReference<Thread> thread) {
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
}
