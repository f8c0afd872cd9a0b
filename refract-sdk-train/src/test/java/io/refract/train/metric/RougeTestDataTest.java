package io.refract.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.refract.train.metric.RealRougeScore.Pair;
import io.refract.train.testing.TransformersPython;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The large test data of google-research's {@code rouge_score}, which is no part of this project:
 * {@code target_large.txt} and {@code prediction_large.txt}, a thousand lines each, in the folder
 * that the environment variable {@code REFRACT_ROUGE_TESTDATA} names. They are in {@code
 * rouge/testdata} of {@code google-research/google-research} on GitHub and, the same, in {@code
 * t5/evaluation/testdata} of {@code google-research/text-to-text-transfer-transformer}. The 2,500
 * files of {@code pyrouge_files} are their lines one by one and by fours.
 */
class RougeTestDataTest {

  private static final String VARIABLE = "REFRACT_ROUGE_TESTDATA";

  /** How close the means of {@code scoring_test.py} are, which come from random samples. */
  private static final double SAMPLED = 0.002;

  private static String target = "";
  private static String prediction = "";

  @BeforeAll
  static void read() throws IOException {
    String named = System.getenv(VARIABLE);
    assumeTrue(
        named != null,
        VARIABLE + " names no folder with rouge_score's target_large.txt and prediction_large.txt");
    target = text(Path.of(named, "target_large.txt"));
    prediction = text(Path.of(named, "prediction_large.txt"));
    assertThat(pairs(1)).hasSize(1000);
  }

  private static String text(Path file) throws IOException {
    assertThat(file).as("a file in the folder that %s names", VARIABLE).isRegularFile();
    return Files.readString(file);
  }

  /** Returns the lines of both files in groups, each with its line breaks. */
  private static List<Pair> pairs(int lines) {
    List<String> references = groups(target, lines);
    List<String> predictions = groups(prediction, lines);
    assertThat(predictions).hasSameSizeAs(references);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      pairs.add(new Pair(references.get(i), predictions.get(i)));
    }
    return pairs;
  }

  private static List<String> groups(String text, int size) {
    List<String> lines = text.lines().toList();
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += size) {
      List<String> group = lines.subList(i, Math.min(i + size, lines.size()));
      groups.add(String.join("\n", group) + "\n");
    }
    return groups;
  }

  /**
   * Line by line, by groups of four as in {@code pyrouge_files}, and the whole files as one pair.
   * For that one the real ROUGE-L is left out: its table takes gigabytes, and no test of
   * google-research has it.
   */
  @ParameterizedTest
  @CsvSource({
    "1, rouge1 rouge2 rougeL rougeLsum",
    "4, rouge1 rouge2 rougeL rougeLsum",
    "1000, rouge1 rouge2 rougeLsum",
  })
  void every_score_is_that_of_the_real_rouge_score(int lines, String kinds, @TempDir Path folder)
      throws Exception {
    TransformersPython python = TransformersPython.require(4);
    new RealRougeScore(python, folder).assertEqualScores(pairs(lines), List.of(kinds.split(" ")));
  }

  /**
   * The means of ROUGE-1.5.5 that {@code scoring_test.py} expects: its
   * testConfidenceIntervalsAgainstRouge155, ...WithStemming and ...WithStemmingMultiLine.
   */
  @ParameterizedTest
  @CsvSource({
    "1, false, rouge1, 0.49879, 0.31950, 0.38554",
    "1, true, rouge1, 0.52434, 0.33580, 0.40524",
    "1, true, rougeL, 0.52104, 0.33377, 0.40275",
    "4, true, rouge1, 0.59877, 0.38091, 0.46411",
    "4, true, rouge2, 0.36516, 0.23109, 0.28209",
    "4, true, rougeLsum, 0.59491, 0.37846, 0.46113",
  })
  void means_are_those_of_rouge_155(
      int lines, boolean stemming, String kind, double precision, double recall, double fMeasure) {
    Rouge rouge = stemming ? Rouge.all().stemming() : Rouge.all();
    List<Pair> pairs = pairs(lines);
    List<RougeScore> scores =
        pairs.stream()
            .map(pair -> rouge.scores(pair.prediction(), pair.reference()))
            .map(all -> all.get(RealRougeScore.KINDS.indexOf(kind)))
            .toList();
    assertThat(scores.stream().mapToDouble(RougeScore::precision).average().orElseThrow())
        .isEqualTo(precision, within(SAMPLED));
    assertThat(scores.stream().mapToDouble(RougeScore::recall).average().orElseThrow())
        .isEqualTo(recall, within(SAMPLED));
    List<String> predictions = pairs.stream().map(Pair::prediction).toList();
    List<String> references = pairs.stream().map(Pair::reference).toList();
    assertThat(rouge.compute(predictions, references).get(kind))
        .isEqualTo(fMeasure, within(SAMPLED));
  }

  @Test
  void the_whole_files_score_as_rouge_scorer_test_expects() { // testRougeLsumLarge
    assertThat(Rouge.all().compute(List.of(prediction), List.of(target)).get("rougeLsum"))
        .isEqualTo(0.533, within(5e-4));
  }
}
