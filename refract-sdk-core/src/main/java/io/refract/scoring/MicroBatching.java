package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a {@link BatchingScorer} collects requests. Each setter checks its value at once and returns
 * this object.
 *
 * <p>Not thread-safe; what {@link #start()} returns is.
 *
 * @param <I> the type of an input
 * @param <O> the type of an output
 */
public final class MicroBatching<I, O> {

  private final Scorer<I, O> scorer;
  private int batchSize = 16;
  private Duration waitingTime = Duration.ofMillis(5);
  private int queueCapacity = 256;
  private WhenFull whenFull = WhenFull.block(Duration.ofSeconds(30));
  private int workers = 1;

  private MicroBatching(Scorer<I, O> scorer) {
    this.scorer = requireNonNull(scorer, "scorer");
  }

  /**
   * Begins to set up the batching of requests.
   *
   * @param scorer what scores a batch; closed together with the {@link BatchingScorer}
   */
  public static <I, O> MicroBatching<I, O> of(Scorer<I, O> scorer) {
    return new MicroBatching<>(scorer);
  }

  /**
   * Sets how many requests are scored at once at most; default 16. More of them give more outputs
   * per second, and each takes longer.
   */
  public MicroBatching<I, O> batchSize(int value) {
    checkArgument(value >= 1, "batch size must be at least 1 but was %s", value);
    batchSize = value;
    return this;
  }

  /**
   * Sets how long the first request of a batch waits for others, counted from when it was accepted;
   * default 5 milliseconds. With zero nobody waits, and a batch is what came in while the one
   * before was scored.
   */
  public MicroBatching<I, O> waitingTime(Duration value) {
    checkArgument(!value.isNegative(), "waiting time must not be negative but was %s", value);
    waitingTime = value;
    return this;
  }

  /** Sets how many requests wait at most, those in work not counted; default 256. */
  public MicroBatching<I, O> queueCapacity(int value) {
    checkArgument(value >= 1, "queue capacity must be at least 1 but was %s", value);
    queueCapacity = value;
    return this;
  }

  /** Sets what happens to a request that finds the queue full; default: it is held for 30 s. */
  public MicroBatching<I, O> whenFull(WhenFull value) {
    whenFull = requireNonNull(value, "whenFull");
    return this;
  }

  /**
   * Sets how many batches are scored at the same time; default 1. A model that spreads one batch
   * over all processors gains little from more, see {@code EngineThreads} of {@code
   * refract-sdk-train}.
   */
  public MicroBatching<I, O> workers(int value) {
    checkArgument(value >= 1, "workers must be at least 1 but was %s", value);
    workers = value;
    return this;
  }

  /** Starts the threads that score; the caller closes what is returned. */
  public BatchingScorer<I, O> start() {
    return BatchingScorer.start(
        scorer, new RequestQueue<>(batchSize, waitingTime, queueCapacity, whenFull), workers);
  }
}
