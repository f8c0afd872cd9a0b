package io.refract.scoring;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Scores the requests of many threads together: what comes in at about the same time goes through
 * the model as one batch, which takes little longer than one input alone.
 *
 * <pre>{@code
 * try (var scorer = MicroBatching.of(registry.<String, String>scorer("news-summarizer", PRODUCTION))
 *         .batchSize(16).waitingTime(Duration.ofMillis(5))
 *         .queueCapacity(256).whenFull(WhenFull.reject())
 *         .start()) {
 *   // from any thread
 *   String summary = scorer.score(article);
 * }
 * }</pre>
 *
 * <p>Inputs and outputs follow the contract of {@link Scorer}; null and blank inputs take a place
 * in a batch, too. When a batch fails, its inputs are scored again one by one, so that an input
 * that fails fails alone; a score function therefore may see an input twice.
 *
 * <p>Thread-safe. The threads that score are daemons named {@code refract-scoring-N}, and wait
 * without using a processor.
 *
 * @param <I> the type of an input
 * @param <O> the type of an output
 */
public final class BatchingScorer<I, O> implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Scorer<I, O> scorer;
  private final RequestQueue<I, O> queue;
  private final List<Thread> workers = new ArrayList<>();

  private BatchingScorer(Scorer<I, O> scorer, RequestQueue<I, O> queue) {
    this.scorer = scorer;
    this.queue = queue;
  }

  static <I, O> BatchingScorer<I, O> start(
      Scorer<I, O> scorer, RequestQueue<I, O> queue, int workers) {
    BatchingScorer<I, O> batching = new BatchingScorer<>(scorer, queue);
    for (int i = 0; i < workers; i++) {
      Thread worker = new Thread(batching::work, "refract-scoring-" + NUMBER.incrementAndGet());
      worker.setDaemon(true);
      batching.workers.add(worker);
    }
    batching.workers.forEach(Thread::start);
    return batching;
  }

  /**
   * Scores one input, and waits for its output.
   *
   * @return the output; null if the input is null, or a blank text
   * @throws ScoringException if the function fails for this input, if this scorer is closed, or if
   *     the calling thread is interrupted; then the request is given up and the thread's interrupt
   *     flag is set
   * @throws ScorerOverloadedException if the queue is full, see {@link WhenFull}
   */
  public @Nullable O score(@Nullable I input) {
    CompletableFuture<@Nullable O> output = submit(input);
    try {
      return output.get();
    } catch (InterruptedException e) {
      output.cancel(false);
      throw RequestQueue.interrupted("waiting for its output", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ScoringException failure) {
        // A new one: the stack trace of the cause is that of a worker.
        throw new ScoringException(String.valueOf(failure.getMessage()), failure);
      }
      throw new ScoringException("cannot score 1 input: " + e.getCause(), e.getCause());
    }
  }

  /**
   * Scores one input without waiting for its output; waits for a place in the queue, though, as
   * {@link WhenFull} says.
   *
   * <p>Cancelling the future takes the request out of the queue; a request that is being scored
   * goes on, and its output is thrown away. What is attached to the future without an executor runs
   * in the thread that scores: it must be short, and must not use this scorer ({@code
   * thenApplyAsync} is the way).
   *
   * @return completed with the output, or exceptionally with what {@link Scorer#score} throws
   * @throws ScoringException if this scorer is closed, or the calling thread is interrupted
   * @throws ScorerOverloadedException if the queue is full
   * @throws IllegalStateException if it is called by a thread that scores, which would wait for
   *     itself
   */
  public CompletableFuture<@Nullable O> submit(@Nullable I input) {
    checkNotWorker("called");
    return queue.accept(input);
  }

  /** Returns what was done so far. */
  public BatchingMetrics metrics() {
    return queue.metrics();
  }

  private void work() {
    for (List<Request<I, O>> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
      score(batch);
    }
  }

  private void score(List<Request<I, O>> batch) {
    List<Request<I, O>> wanted = new ArrayList<>(batch.size());
    for (Request<I, O> request : batch) {
      if (request.output().isDone()) {
        queue.countCancelled();
      } else {
        wanted.add(request);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    List<@Nullable I> inputs = new ArrayList<>(wanted.size());
    wanted.forEach(request -> inputs.add(request.input()));
    List<@Nullable O> outputs;
    try {
      outputs = scorer.scoreAll(inputs);
    } catch (Throwable e) { // Also errors: a request that is never answered is the worst answer.
      if (wanted.size() == 1) {
        fail(wanted.get(0), e);
      } else {
        wanted.forEach(request -> score(List.of(request)));
      }
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      queue.count(true);
      wanted.get(i).output().complete(outputs.get(i));
    }
  }

  private void fail(Request<I, O> request, Throwable failure) {
    queue.count(false);
    request.output().completeExceptionally(failure);
  }

  private void checkNotWorker(String what) {
    checkState(
        !workers.contains(Thread.currentThread()),
        "a batching scorer was %s by one of its own threads, which would wait for itself: continue"
            + " its futures with the methods that end in Async",
        what);
  }

  /**
   * Refuses new requests, waits until those that were accepted are answered, and closes the scorer
   * below. A second call waits, too. An interrupt does not end the wait.
   *
   * @throws IllegalStateException if it is called by a thread that scores
   */
  @Override
  public void close() {
    checkNotWorker("closed");
    queue.close();
    workers.forEach(Uninterruptibles::joinUninterruptibly);
    scorer.close();
  }
}
