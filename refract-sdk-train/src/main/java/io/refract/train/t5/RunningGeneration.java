package io.refract.train.t5;

import io.refract.train.generation.GenerationResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A generation that runs on a thread of its own. Thread-safe.
 *
 * <pre>{@code
 * RunningGeneration running = model.generator().numBeams(4).start(articles);
 * // ... somebody presses "stop" ...
 * running.cancel();
 * GenerationResult result = running.await();
 * }</pre>
 */
public final class RunningGeneration {

  private final CompletableFuture<GenerationResult> result;
  private final AtomicBoolean cancelled;

  RunningGeneration(CompletableFuture<GenerationResult> result, AtomicBoolean cancelled) {
    this.result = result;
    this.cancelled = cancelled;
  }

  /**
   * Asks the generation to end after the token that it computes now. Returns at once; {@link
   * #await()} gives what was finished, and says what was not.
   */
  public void cancel() {
    cancelled.set(true);
  }

  /** Returns whether the generation has ended, successfully or not. */
  public boolean isDone() {
    return result.isDone();
  }

  /**
   * Waits for the end.
   *
   * @throws RuntimeException what ended the generation, if it failed
   * @throws IllegalStateException if the waiting was interrupted; the generation itself goes on
   */
  public GenerationResult await() {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /**
   * Waits for the end, but not longer than a time.
   *
   * @throws TimeoutException if the generation has not ended by then; it goes on
   */
  public GenerationResult await(Duration atMost) throws TimeoutException {
    try {
      return result.get(TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /**
   * Returns the result to come. Cancelling it does not end the generation; {@link #cancel} does.
   */
  public CompletableFuture<GenerationResult> future() {
    return result.copy();
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(
        "Waiting for the generation was interrupted. It goes on; cancel() would end it.", cause);
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException failure
        ? failure
        : new CompletionException(e.getCause());
  }
}
