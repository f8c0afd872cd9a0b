package io.refract.train.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, which fails when the server stays silent for too long. The streams of the
 * JDK would wait for ever.
 */
final class TimedBody implements BodySubscriber<TimedBody>, AutoCloseable {

  /** What arrives: buffers, the end (neither), or a failure. */
  private record Arrival(List<ByteBuffer> buffers, @Nullable Throwable failure) {}

  private final Duration timeout;
  private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;

  TimedBody(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * Returns the next buffers.
   *
   * @return an empty list at the end
   * @throws IOException if the connection broke, or nothing arrived in time
   */
  List<ByteBuffer> next() throws IOException {
    Arrival arrival;
    try {
      arrival = arrivals.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (arrival == null) {
      throw new HttpTimeoutException("nothing arrived for " + timeout.toSeconds() + " s");
    }
    if (arrival.failure() != null) {
      throw new IOException(arrival.failure());
    }
    if (!arrival.buffers().isEmpty()) {
      request();
    }
    return arrival.buffers();
  }

  @Override
  public CompletionStage<TimedBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription running) {
    subscription = running;
    request();
  }

  private void request() {
    Flow.Subscription running = subscription;
    if (running != null && closed) {
      running.cancel();
    } else if (running != null) {
      running.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrivals.add(new Arrival(buffers, null));
  }

  @Override
  public void onError(Throwable failure) {
    arrivals.add(new Arrival(List.of(), failure));
  }

  @Override
  public void onComplete() {
    arrivals.add(new Arrival(List.of(), null));
  }

  /** Lets go of the connection, whatever has arrived. */
  @Override
  public void close() {
    closed = true;
    request();
  }
}
