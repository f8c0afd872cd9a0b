package io.refract.train;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A training that runs on a thread of its own. Thread-safe.
 *
 * <pre>{@code
 * RunningTraining running = trainer.start();
 * // ... somebody presses "stop" ...
 * running.stop();
 * TrainingResult result = running.await();
 * }</pre>
 */
public final class RunningTraining {

  private final CompletableFuture<TrainingResult> result;
  private final StopSignal signal;

  RunningTraining(CompletableFuture<TrainingResult> result, StopSignal signal) {
    this.result = result;
    this.signal = signal;
  }

  /**
   * Asks the training to end after its current update, with a checkpoint when it writes any.
   * Returns at once; {@link #await()} gives the result of what was trained.
   */
  public void stop() {
    signal.request("a stop was requested");
  }

  /** Returns whether the training has ended, successfully or not. */
  public boolean isDone() {
    return result.isDone();
  }

  /**
   * Waits for the end.
   *
   * @throws TrainingException if the training failed, or the waiting was interrupted; the training
   *     itself then goes on
   */
  public TrainingResult await() {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * Waits for the end, but not longer than a time.
   *
   * @throws TimeoutException if the training has not ended by then; it goes on
   * @throws TrainingException as {@link #await()}
   */
  public TrainingResult await(Duration atMost) throws TimeoutException {
    try {
      return result.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  /** Returns the result to come. Cancelling it does not stop the training; {@link #stop()} does. */
  public CompletableFuture<TrainingResult> future() {
    return result.copy();
  }

  private static TrainingException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TrainingException(
        "Waiting for the training was interrupted. It goes on; stop() would end it.", cause);
  }

  private static RuntimeException failure(Throwable cause) {
    if (cause instanceof RuntimeException failure) {
      return failure;
    }
    return new CompletionException(cause);
  }
}
