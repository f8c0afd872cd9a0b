package io.refract.train.metric;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), for one
 * pair of texts, as Google's {@code rouge_score} computes them.
 */
final class RougeScores {

  private RougeScores() {}

  /** ROUGE-1: words in common, each counted as often as it stands in both texts. */
  static RougeScore unigrams(int[] reference, int[] prediction) {
    return grams(reference, prediction, 1);
  }

  /** ROUGE-2: pairs of neighbouring words in common. */
  static RougeScore bigrams(int[] reference, int[] prediction) {
    return grams(reference, prediction, 2);
  }

  private static RougeScore grams(int[] reference, int[] prediction, int n) {
    Map<Long, Integer> wanted = count(reference, n);
    int hits = 0;
    for (Map.Entry<Long, Integer> gram : count(prediction, n).entrySet()) {
      hits += Math.min(gram.getValue(), wanted.getOrDefault(gram.getKey(), 0));
    }
    return RougeScore.of(
        hits, Math.max(0, reference.length - n + 1), Math.max(0, prediction.length - n + 1));
  }

  private static Map<Long, Integer> count(int[] words, int n) {
    Map<Long, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= words.length; i++) {
      long gram = n == 1 ? words[i] : (long) words[i] << Integer.SIZE | words[i + 1];
      counts.merge(gram, 1, Integer::sum);
    }
    return counts;
  }

  /** ROUGE-L: the longest common subsequence of the whole texts. */
  static RougeScore longestCommonSubsequence(int[] reference, int[] prediction) {
    int[] row = new int[prediction.length + 1];
    for (int word : reference) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = word == prediction[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return RougeScore.of(row[prediction.length], reference.length, prediction.length);
  }

  /**
   * ROUGE-Lsum: for each line of the reference the words that a longest common subsequence with any
   * line of the prediction holds; no word counts more often than it stands in either text.
   *
   * @param words how many different words there are
   */
  static RougeScore summaryLevel(List<int[]> reference, List<int[]> prediction, int words) {
    int[] leftInReference = new int[words];
    int[] leftInPrediction = new int[words];
    int referenceLength = countWords(reference, leftInReference);
    int predictionLength = countWords(prediction, leftInPrediction);
    int hits = 0;
    for (int[] line : reference) {
      BitSet union = new BitSet(line.length);
      prediction.forEach(other -> mark(line, other, union));
      for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
        if (leftInReference[line[i]] > 0 && leftInPrediction[line[i]] > 0) {
          hits++;
          leftInReference[line[i]]--;
          leftInPrediction[line[i]]--;
        }
      }
    }
    return RougeScore.of(hits, referenceLength, predictionLength);
  }

  private static int countWords(List<int[]> lines, int[] counts) {
    int total = 0;
    for (int[] line : lines) {
      for (int word : line) {
        counts[word]++;
        total++;
      }
    }
    return total;
  }

  /**
   * Marks the positions of one longest common subsequence in {@code line}. Where there are several,
   * the way back through the table goes up unless left is strictly better, as in the original.
   */
  private static void mark(int[] line, int[] other, BitSet union) {
    int[][] table = new int[line.length + 1][other.length + 1];
    for (int i = 1; i <= line.length; i++) {
      for (int j = 1; j <= other.length; j++) {
        table[i][j] =
            line[i - 1] == other[j - 1]
                ? table[i - 1][j - 1] + 1
                : Math.max(table[i - 1][j], table[i][j - 1]);
      }
    }
    int i = line.length;
    int j = other.length;
    while (i > 0 && j > 0) {
      if (line[i - 1] == other[j - 1]) {
        union.set(i - 1);
        i--;
        j--;
      } else if (table[i][j - 1] > table[i - 1][j]) {
        j--;
      } else {
        i--;
      }
    }
  }
}
