package io.refract.train.generation.internal;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Takes a token, given the scores of all. */
@FunctionalInterface
interface TokenChooser {

  /** The most likely token. */
  TokenChooser GREEDY = Ranking::argMax;

  /** Returns the token that is taken. */
  int choose(float[] scores, int offset, int vocabulary);

  /**
   * Draws tokens with the probabilities that the scores stand for.
   *
   * <p>Gumbel-max: the largest of the scores, each plus noise of the Gumbel distribution, is a draw
   * from the softmax of the scores. Source: Maddison et al., "A* Sampling" (2014).
   */
  static TokenChooser sampling(RandomGenerator random) {
    return (scores, offset, vocabulary) -> {
      int best = -1;
      double bestKey = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < vocabulary; i++) {
        float score = scores[offset + i];
        if (score != Float.NEGATIVE_INFINITY) {
          double key = score + gumbel(random);
          if (key > bestKey) {
            best = i;
            bestKey = key;
          }
        }
      }
      if (best < 0) {
        throw ScoreProcessors.nothingLeft();
      }
      return best;
    };
  }

  /** Returns noise of the standard Gumbel distribution. */
  static double gumbel(RandomGenerator random) {
    // 1 - [0, 1) is never 0.
    return -Math.log(-Math.log1p(-random.nextDouble(Double.MIN_NORMAL, 1)));
  }

  /**
   * Returns the random numbers of one sequence.
   *
   * @param key that of its source, see {@link SourceKeys}
   */
  static RandomGenerator random(long seed, long key, int sequence) {
    // The generator mixes its seed; a stream of it decorrelates neighbours.
    return new SplittableRandom(mix(seed) ^ mix(key ^ mix(sequence)));
  }

  private static long mix(long value) {
    return new SplittableRandom(value).nextLong();
  }
}
