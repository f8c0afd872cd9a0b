package io.refract.scoring;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One input on its way through a {@link BatchingScorer}. Equal only to itself. */
final class Request<I, O> {

  private final @Nullable I input;
  private final CompletableFuture<@Nullable O> output = new CompletableFuture<>();
  private final long acceptedAt = System.nanoTime();

  Request(@Nullable I input) {
    this.input = input;
  }

  @Nullable I input() {
    return input;
  }

  /** Returns the future that is completed with what the input was scored to. */
  CompletableFuture<@Nullable O> output() {
    return output;
  }

  /** Returns {@link System#nanoTime()} of when it came into the queue. */
  long acceptedAt() {
    return acceptedAt;
  }
}
