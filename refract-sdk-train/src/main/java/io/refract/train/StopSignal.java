package io.refract.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks a running training to end, and tells when it has. Thread-safe. */
final class StopSignal {

  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean jvmEnds = new AtomicBoolean();

  /** Asks for the end; the first reason stays. */
  void request(String why) {
    reason.compareAndSet(null, why);
  }

  /** Returns why the training shall end, or null to go on. */
  @Nullable String reason() {
    return reason.get();
  }

  /** Asks for the end because the JVM waits for it. */
  void requestForJvm() {
    jvmEnds.set(true);
    request("the JVM was asked to end");
  }

  /** Returns whether the JVM waits for the end, so that only what must be done should be. */
  boolean jvmEnds() {
    return jvmEnds.get();
  }

  /** Says that the training has ended. */
  void ended() {
    ended.countDown();
  }

  /** Waits until the training has ended. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /**
   * Lets the end of the JVM, for example Ctrl-C, wait until the training has made its current
   * update and written its checkpoint.
   *
   * @return takes that back
   */
  Runnable onShutdown() {
    Thread hook =
        new Thread(
            () -> {
              requestForJvm();
              try {
                awaitEnd();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "refract-training-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        ended(); // the JVM is ending, and the hook waits for this
      }
    };
  }
}
