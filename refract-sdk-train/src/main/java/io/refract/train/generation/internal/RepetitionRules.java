package io.refract.train.generation.internal;

import java.util.List;

/**
 * Rules against repetitions.
 *
 * <p>Source: {@code RepetitionPenaltyLogitsProcessor}, {@code NoRepeatNGramLogitsProcessor} and
 * {@code EncoderNoRepeatNGramLogitsProcessor} of transformers 4.57.6.
 */
final class RepetitionRules {

  private RepetitionRules() {}

  /** Makes every token of the sequence, the start token among them, less likely once. */
  static ScoreProcessor penalty(float penalty) {
    return (prefix, scores, offset, vocabulary) -> {
      float[] changed = new float[prefix.length()];
      for (int i = 0; i < changed.length; i++) {
        float score = scores[offset + prefix.token(i)];
        changed[i] = score < 0 ? score * penalty : score / penalty;
      }
      // Written after all were read: a token that is there twice is penalised once.
      for (int i = 0; i < changed.length; i++) {
        scores[offset + prefix.token(i)] = changed[i];
      }
    };
  }

  /** Excludes what would complete n tokens that the sequence has in a row already. */
  static ScoreProcessor noRepeat(int n) {
    return (prefix, scores, offset, vocabulary) -> {
      for (int start = 0; start + n <= prefix.length(); start++) {
        if (prefix.endsWithOwn(start, n - 1)) {
          scores[offset + prefix.token(start + n - 1)] = Float.NEGATIVE_INFINITY;
        }
      }
    };
  }

  /** Excludes what would complete n tokens that the source has in a row. */
  static ScoreProcessor noRepeatOf(List<int[]> sources, int n) {
    return (prefix, scores, offset, vocabulary) -> {
      int[] source = sources.get(prefix.source());
      for (int start = 0; start + n <= source.length; start++) {
        if (prefix.endsWith(source, start, n - 1)) {
          scores[offset + source[start + n - 1]] = Float.NEGATIVE_INFINITY;
        }
      }
    };
  }
}
