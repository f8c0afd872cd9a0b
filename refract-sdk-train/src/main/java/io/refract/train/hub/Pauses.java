package io.refract.train.hub;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Waits between two attempts; tests take one that only writes down how long. */
@FunctionalInterface
interface Pauses {

  /** Attempts in a row that may bring nothing, after which one gives up. */
  int ATTEMPTS = 5;

  /** A server that wants a longer pause is not waited for. */
  Duration LONGEST = Duration.ofSeconds(60);

  void pause(Duration duration) throws InterruptedException;

  static Pauses real() {
    return duration -> Thread.sleep(duration.toMillis());
  }

  /** Waits as long as the server asked, else 1, 2, 4, ... seconds, and up to a half more. */
  default void after(int failures, @Nullable Duration asked) throws InterruptedIOException {
    long backOff = 1000L << Math.min(failures - 1, 5);
    long millis = backOff + ThreadLocalRandom.current().nextLong(backOff / 2 + 1);
    try {
      pause(asked == null ? Duration.ofMillis(millis) : asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
