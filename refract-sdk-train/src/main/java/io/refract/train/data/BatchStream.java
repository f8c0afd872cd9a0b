package io.refract.train.data;

import static com.google.common.base.Preconditions.checkState;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one pass over the data. The next ones are made on a thread of their own while the
 * caller works on the current one; closing stops that thread.
 *
 * <p>To be used by one thread.
 */
public final class BatchStream implements Iterator<LoadedBatch>, AutoCloseable {

  /** How many batches wait ready at most. */
  private static final int AHEAD = 4;

  /** What the background thread hands over: a batch, or the failure that ended it. */
  private record Delivery(@Nullable LoadedBatch batch, @Nullable Throwable failure) {}

  private final BlockingQueue<Delivery> ready = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread;
  private final int end;
  private int next;
  private boolean closed;

  /**
   * Starts the background thread.
   *
   * @param end the number of batches
   * @param first the first batch to give
   * @param load makes the batch of a number
   */
  BatchStream(int end, int first, IntFunction<LoadedBatch> load) {
    this.next = first;
    this.end = end;
    this.thread = new Thread(() -> produce(first, load), "refract-batches");
    thread.setDaemon(true);
    thread.start();
  }

  private void produce(int first, IntFunction<LoadedBatch> load) {
    try {
      for (int number = first; number < end; number++) {
        ready.put(new Delivery(load.apply(number), null));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed: nobody waits any more
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    try {
      ready.put(new Delivery(null, failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean hasNext() {
    return !closed && next < end;
  }

  /** Returns how many batches have not been given yet. */
  public int remaining() {
    return hasNext() ? end - next : 0;
  }

  /**
   * Returns the next batch, waiting until it is ready.
   *
   * @throws DataException when the background thread failed, or the waiting was interrupted
   */
  @Override
  public LoadedBatch next() {
    checkState(!closed, "the batches are closed");
    if (!hasNext()) {
      throw new NoSuchElementException("there is no batch left");
    }
    Delivery delivery;
    try {
      delivery = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(
          "Waiting for batch %d of %d was interrupted.".formatted(next, end), e);
    }
    if (delivery.batch() == null) {
      close();
      throw new DataException(
          "Making batch %d of %d failed: %s".formatted(next, end, delivery.failure()),
          delivery.failure());
    }
    next++;
    return delivery.batch();
  }

  /** Stops the background thread and waits for its end. Closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the thread ends by itself within one batch
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
