package io.refract.scoring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue of a {@link BatchingScorer}: requests go in one by one, and come out as
 * batches, in the order in which they came. Counts what happens. Thread-safe.
 */
final class RequestQueue<I, O> {

  private final int batchSize;
  private final long waitingNanos;
  private final int capacity;
  private final WhenFull whenFull;

  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a worker may have something to do. */
  private final Condition work = lock.newCondition();

  /** Signalled when there is a place, or never will be. */
  private final Condition place = lock.newCondition();

  /** In the order of arrival. */
  private final Set<Request<I, O>> waiting = new LinkedHashSet<>();

  private boolean closed;

  private long requests;
  private long succeeded;
  private long failed;
  private long cancelled;
  private long rejected;
  private long batches;
  private long batchedRequests;
  private int longestQueue;
  private long totalWaitNanos;
  private long longestWaitNanos;

  RequestQueue(int batchSize, Duration waitingTime, int capacity, WhenFull whenFull) {
    this.batchSize = batchSize;
    this.waitingNanos = nanos(waitingTime);
    this.capacity = capacity;
    this.whenFull = whenFull;
  }

  /** Some 292 years stand for everything that is longer. */
  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
        ? Long.MAX_VALUE
        : duration.toNanos();
  }

  /**
   * Accepts a request, and holds its caller back as {@link WhenFull} says.
   *
   * @throws ScorerOverloadedException if there was no place
   * @throws ScoringException if the queue is closed, or the caller was interrupted
   */
  CompletableFuture<@Nullable O> accept(@Nullable I input) {
    Request<I, O> request;
    lock.lock();
    try {
      awaitPlace();
      request = new Request<>(input);
      waiting.add(request);
      requests++;
      longestQueue = Math.max(longestQueue, waiting.size());
      if (waiting.size() == 1 || waiting.size() >= batchSize) {
        work.signalAll();
      }
    } finally {
      lock.unlock();
    }
    removeWhenDone(request);
    return request.output();
  }

  /** Whoever cancels a request takes it out of the queue, and makes room. */
  @SuppressWarnings("FutureReturnValueIgnored") // It only repeats the request's own future.
  private void removeWhenDone(Request<I, O> request) {
    request.output().whenComplete((value, failure) -> remove(request));
  }

  private void awaitPlace() {
    long left = nanos(whenFull.atMost());
    while (!closed && waiting.size() >= capacity) {
      if (left <= 0) {
        rejected++;
        throw new ScorerOverloadedException(
            "cannot take another request: %d wait already, and none got its turn within %s; send fewer at once, or raise queueCapacity, batchSize or workers"
                .formatted(waiting.size(), whenFull.atMost()));
      }
      try {
        left = place.awaitNanos(left);
      } catch (InterruptedException e) {
        place.signal(); // It may have been this thread's turn.
        throw interrupted("waiting for a place in the queue", e);
      }
    }
    if (closed) {
      throw new ScoringException(
          "cannot take another request: the batching scorer is closed; start a new one", null);
    }
  }

  static ScoringException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new ScoringException(
        "cannot score: the thread was interrupted while " + what + "; the request was given up",
        cause);
  }

  private void remove(Request<I, O> request) {
    lock.lock();
    try {
      if (waiting.remove(request)) {
        cancelled++;
        place.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until a batch is full, or its first request has waited long enough.
   *
   * @return the batch; empty when the queue is closed and drained
   */
  List<Request<I, O>> take() {
    lock.lock();
    try {
      while (!ready()) {
        try {
          if (waiting.isEmpty()) {
            work.await();
          } else {
            work.awaitNanos(leftToWait());
          }
        } catch (InterruptedException e) {
          // Nobody outside owns a worker; it was a score function, which has returned since.
        }
      }
      return batch();
    } finally {
      lock.unlock();
    }
  }

  private boolean ready() {
    return closed || waiting.size() >= batchSize || (!waiting.isEmpty() && leftToWait() <= 0);
  }

  private long leftToWait() {
    return waitingNanos - (System.nanoTime() - waiting.iterator().next().acceptedAt());
  }

  private List<Request<I, O>> batch() {
    List<Request<I, O>> batch = new ArrayList<>();
    long now = System.nanoTime();
    Iterator<Request<I, O>> first = waiting.iterator();
    while (batch.size() < batchSize && first.hasNext()) {
      Request<I, O> request = first.next();
      first.remove();
      batch.add(request);
      long waited = now - request.acceptedAt();
      totalWaitNanos += waited;
      longestWaitNanos = Math.max(longestWaitNanos, waited);
    }
    if (!batch.isEmpty()) {
      batches++;
      batchedRequests += batch.size();
      place.signalAll();
    }
    if (!waiting.isEmpty()) {
      work.signal(); // The rest is for another worker.
    }
    return batch;
  }

  /** Counts what became of a request that was taken. */
  void count(boolean success) {
    lock.lock();
    try {
      if (success) {
        succeeded++;
      } else {
        failed++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts a request that was taken, but whose caller had given it up. */
  void countCancelled() {
    lock.lock();
    try {
      cancelled++;
    } finally {
      lock.unlock();
    }
  }

  /** Accepts nothing more; what was accepted can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      place.signalAll();
    } finally {
      lock.unlock();
    }
  }

  BatchingMetrics metrics() {
    lock.lock();
    try {
      return new BatchingMetrics(
          requests,
          succeeded,
          failed,
          cancelled,
          rejected,
          batches,
          batchedRequests,
          waiting.size(),
          longestQueue,
          Duration.ofNanos(totalWaitNanos),
          Duration.ofNanos(longestWaitNanos));
    } finally {
      lock.unlock();
    }
  }
}
