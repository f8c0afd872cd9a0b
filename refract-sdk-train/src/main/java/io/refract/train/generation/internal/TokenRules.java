package io.refract.train.generation.internal;

import java.util.Arrays;
import java.util.List;

/**
 * Rules about single tokens.
 *
 * <p>Source: the processors of the same purpose in {@code logits_process.py} of transformers
 * 4.57.6.
 */
final class TokenRules {

  private TokenRules() {}

  /** Excludes the last token of a bad word after the tokens before it. */
  static ScoreProcessor badWords(List<List<Integer>> words, List<Integer> ends) {
    List<int[]> banned =
        words.stream()
            .filter(word -> word.size() > 1 || !ends.contains(word.get(0)))
            .map(word -> word.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    return (prefix, scores, offset, vocabulary) -> {
      for (int[] word : banned) {
        int before = word.length - 1;
        // One token more than needed is asked for; this is what transformers does.
        if (before == 0 || (word.length <= prefix.length() && prefix.endsWith(word, 0, before))) {
          scores[offset + word[before]] = Float.NEGATIVE_INFINITY;
        }
      }
    };
  }

  /** Excludes end tokens until a sequence has some tokens, the start token counted. */
  static ScoreProcessor minLength(int length, List<Integer> ends) {
    return (prefix, scores, offset, vocabulary) -> {
      if (prefix.length() < length) {
        exclude(ends, scores, offset);
      }
    };
  }

  /** Leaves only some tokens after so many tokens, with a score of 0. */
  static ScoreProcessor forced(int length, List<Integer> tokens) {
    return (prefix, scores, offset, vocabulary) -> {
      if (prefix.length() == length) {
        Arrays.fill(scores, offset, offset + vocabulary, Float.NEGATIVE_INFINITY);
        tokens.forEach(token -> scores[offset + token] = 0);
      }
    };
  }

  static ScoreProcessor suppress(List<Integer> tokens) {
    return (prefix, scores, offset, vocabulary) -> exclude(tokens, scores, offset);
  }

  /** Excludes tokens after so many tokens. */
  static ScoreProcessor suppressAt(int length, List<Integer> tokens) {
    return (prefix, scores, offset, vocabulary) -> {
      if (prefix.length() == length) {
        exclude(tokens, scores, offset);
      }
    };
  }

  private static void exclude(List<Integer> tokens, float[] scores, int offset) {
    tokens.forEach(token -> scores[offset + token] = Float.NEGATIVE_INFINITY);
  }
}
