package io.refract.train.generation.internal;

/**
 * The best continuations of the beams of one source, best first. Of equals, the first offered is
 * better. Not thread-safe.
 */
final class TopCandidates {

  private final double[] keys;
  private final float[] scores;
  private final float[] steps;
  private final int[] beams;
  private final int[] tokens;
  private int size;

  TopCandidates(int capacity) {
    keys = new double[capacity];
    scores = new float[capacity];
    steps = new float[capacity];
    beams = new int[capacity];
    tokens = new int[capacity];
  }

  /**
   * Takes a candidate if it is good enough.
   *
   * @param key what candidates are ordered by
   * @param score the log-probability of the sequence with the token
   * @param step that of the token alone
   * @param beam the beam that it continues
   * @param token the token
   */
  void offer(double key, float score, float step, int beam, int token) {
    if (size == keys.length && !(key > keys[size - 1])) {
      return;
    }
    int place = size < keys.length ? size++ : size - 1;
    for (; place > 0 && key > keys[place - 1]; place--) {
      keys[place] = keys[place - 1];
      scores[place] = scores[place - 1];
      steps[place] = steps[place - 1];
      beams[place] = beams[place - 1];
      tokens[place] = tokens[place - 1];
    }
    keys[place] = key;
    scores[place] = score;
    steps[place] = step;
    beams[place] = beam;
    tokens[place] = token;
  }

  int size() {
    return size;
  }

  float score(int rank) {
    return scores[rank];
  }

  float step(int rank) {
    return steps[rank];
  }

  int beam(int rank) {
    return beams[rank];
  }

  int token(int rank) {
    return tokens[rank];
  }
}
