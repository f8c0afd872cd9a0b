package io.refract.train.metric;

import static io.refract.train.metric.TextPairs.checkPairs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE, the overlap of words between prediction and reference (C.-Y. Lin, "ROUGE: A Package for
 * Automatic Evaluation of Summaries", 2004), with the values of Google's {@code rouge_score}.
 *
 * <p>The values are the plain mean of the F-measures of all pairs, between 0 and 1: {@code rouge1}
 * (words), {@code rouge2} (pairs of words), {@code rougeL} (longest common subsequence, line breaks
 * ignored) and {@code rougeLsum} (the same by lines: put each sentence on a line of its own).
 * Hugging Face's {@code evaluate} gives the middle of a random bootstrap instead of the mean; the
 * two differ by chance in the third digit.
 *
 * <p>Words consist of a to z and digits. Other letters count as blanks, so that a text without
 * Latin letters always scores 0. A pair with an empty text scores 0.
 */
public final class Rouge implements Metric {

  /** The kinds, in the order of the results. */
  private enum Kind {
    ROUGE_1("rouge1"),
    ROUGE_2("rouge2"),
    ROUGE_L("rougeL"),
    ROUGE_LSUM("rougeLsum");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  private final List<Kind> kinds;
  private final Kind main;
  private final boolean stemming;

  private Rouge(List<Kind> kinds, Kind main, boolean stemming) {
    this.kinds = kinds;
    this.main = main;
    this.stemming = stemming;
  }

  /** Returns ROUGE-L alone. */
  @SuppressWarnings("MemberName") // the metric's own name
  public static Rouge L() {
    return new Rouge(List.of(Kind.ROUGE_L), Kind.ROUGE_L, false);
  }

  /** Returns ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum; ROUGE-L stands for the whole. */
  public static Rouge all() {
    return new Rouge(List.of(Kind.values()), Kind.ROUGE_L, false);
  }

  /**
   * Returns this metric with English words compared by their stems, as {@code use_stemmer=True}
   * does, which the summarization example of transformers uses. Without it words are compared as
   * they are, the default of {@code rouge_score}.
   */
  public Rouge stemming() {
    return new Rouge(kinds, main, true);
  }

  @Override
  public String name() {
    return main.key;
  }

  @Override
  public Map<String, Double> compute(List<String> predictions, List<String> references) {
    checkPairs(predictions, references);
    double[] sums = new double[kinds.size()];
    for (int pair = 0; pair < predictions.size(); pair++) {
      List<RougeScore> scores = scores(predictions.get(pair), references.get(pair));
      for (int kind = 0; kind < sums.length; kind++) {
        sums[kind] += scores.get(kind).fMeasure();
      }
    }
    Map<String, Double> means = new LinkedHashMap<>();
    for (int kind = 0; kind < sums.length; kind++) {
      means.put(kinds.get(kind).key, sums[kind] / predictions.size());
    }
    return means;
  }

  /** Returns the scores of one pair, in the order of the results. */
  List<RougeScore> scores(String prediction, String reference) {
    return kinds.stream().map(kind -> score(kind, prediction, reference)).toList();
  }

  private RougeScore score(Kind kind, String prediction, String reference) {
    RougeTokens tokens = new RougeTokens(stemming);
    if (kind == Kind.ROUGE_LSUM) {
      List<int[]> wanted = tokens.ofLines(reference);
      List<int[]> made = tokens.ofLines(prediction);
      return RougeScores.summaryLevel(wanted, made, tokens.size());
    }
    int[] wanted = tokens.of(reference);
    int[] made = tokens.of(prediction);
    return switch (kind) {
      case ROUGE_1 -> RougeScores.unigrams(wanted, made);
      case ROUGE_2 -> RougeScores.bigrams(wanted, made);
      default -> RougeScores.longestCommonSubsequence(wanted, made);
    };
  }

  @Override
  public String toString() {
    return "Rouge" + kinds.stream().map(kind -> kind.key).toList() + (stemming ? " stemmed" : "");
  }
}
