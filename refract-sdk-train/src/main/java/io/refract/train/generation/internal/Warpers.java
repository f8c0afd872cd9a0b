package io.refract.train.generation.internal;

/**
 * What sampling does to scores before it draws.
 *
 * <p>Source: the warpers of {@code logits_process.py} of transformers 4.57.6; Holtzman et al., "The
 * Curious Case of Neural Text Degeneration" (top p); Nguyen et al., "Turning Up the Heat: Min-p
 * Sampling"; Meister et al., "Locally Typical Sampling".
 */
final class Warpers {

  private Warpers() {}

  static ScoreProcessor temperature(float temperature) {
    return (prefix, scores, offset, vocabulary) -> {
      for (int i = offset; i < offset + vocabulary; i++) {
        scores[i] /= temperature;
      }
    };
  }

  /** Keeps the k largest scores, and those equal to the smallest of them. */
  static ScoreProcessor topK(int k) {
    return (prefix, scores, offset, vocabulary) -> {
      if (k >= vocabulary) {
        return;
      }
      float border = Ranking.largest(scores, offset, vocabulary, k);
      for (int i = offset; i < offset + vocabulary; i++) {
        if (scores[i] < border) {
          scores[i] = Float.NEGATIVE_INFINITY;
        }
      }
    };
  }

  /** Excludes the least likely tokens as long as they sum up to 1 - p at most. */
  static ScoreProcessor topP(double p, int minTokensToKeep) {
    float border = (float) (1 - p);
    return (prefix, scores, offset, vocabulary) -> {
      int[] ascending = Ranking.possibleAscending(scores, offset, vocabulary);
      Softmax softmax = Softmax.of(scores, offset, vocabulary);
      double sum = 0;
      for (int i = 0; i < ascending.length - minTokensToKeep; i++) {
        sum += softmax.probability(scores[offset + ascending[i]]);
        if ((float) sum > border) {
          break;
        }
        scores[offset + ascending[i]] = Float.NEGATIVE_INFINITY;
      }
    };
  }

  /** Excludes tokens that are less than p times as likely as the most likely one. */
  static ScoreProcessor minP(double p, int minTokensToKeep) {
    float share = (float) p;
    return (prefix, scores, offset, vocabulary) -> {
      int[] ascending = Ranking.possibleAscending(scores, offset, vocabulary);
      if (ascending.length == 0) {
        return;
      }
      Softmax softmax = Softmax.of(scores, offset, vocabulary);
      float best = scores[offset + ascending[ascending.length - 1]];
      float border = share * (float) softmax.probability(best);
      for (int i = 0; i < ascending.length - minTokensToKeep; i++) {
        int index = offset + ascending[i];
        if ((float) softmax.probability(scores[index]) >= border) {
          break;
        }
        scores[index] = Float.NEGATIVE_INFINITY;
      }
    };
  }

  /** Keeps the tokens whose information is nearest to the entropy, until they sum up to p. */
  static ScoreProcessor typicalP(double p, int minTokensToKeep) {
    float mass = (float) p;
    return (prefix, scores, offset, vocabulary) -> {
      int[] possible = Ranking.possibleAscending(scores, offset, vocabulary);
      if (possible.length == 0) {
        return;
      }
      Softmax softmax = Softmax.of(scores, offset, vocabulary);
      double entropy = 0;
      for (int token : possible) {
        double log = softmax.logProbability(scores[offset + token]);
        entropy -= log * Math.exp(log);
      }
      float[] distances = new float[possible.length];
      for (int i = 0; i < distances.length; i++) {
        double log = softmax.logProbability(scores[offset + possible[i]]);
        distances[i] = (float) Math.abs(-log - entropy);
      }
      int[] nearest = Ranking.possibleAscending(distances, 0, distances.length);
      double sum = 0;
      int last = 0;
      for (; last < nearest.length - 1; last++) {
        sum += softmax.probability(scores[offset + possible[nearest[last]]]);
        if ((float) sum >= mass) {
          break;
        }
      }
      float border = distances[nearest[last]];
      for (int i = minTokensToKeep; i < nearest.length; i++) {
        if (distances[nearest[i]] > border) {
          scores[offset + possible[nearest[i]]] = Float.NEGATIVE_INFINITY;
        }
      }
    };
  }
}
