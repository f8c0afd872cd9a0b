package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Duration;

/**
 * What happens to a request that finds the queue of a {@link BatchingScorer} full.
 *
 * @param atMost how long its caller is held back; zero refuses at once
 */
public record WhenFull(Duration atMost) {

  /** Checks that the time is not negative. */
  public WhenFull {
    checkArgument(!atMost.isNegative(), "the wait must not be negative but was %s", atMost);
  }

  /** Refuses the request at once, with a {@link ScorerOverloadedException}. */
  public static WhenFull reject() {
    return new WhenFull(Duration.ZERO);
  }

  /**
   * Holds the caller back until there is a place.
   *
   * @param atMost after this time, the request is refused as by {@link #reject()}
   */
  public static WhenFull block(Duration atMost) {
    return new WhenFull(atMost);
  }
}
