package io.refract.train.metric;

import static io.refract.train.metric.RealRougeScore.KINDS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.refract.train.metric.RealRougeScore.Pair;
import io.refract.train.testing.TransformersPython;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cases of {@code rouge_scorer_test.py} and {@code scoring_test.py} of google-research
 * (Copyright The Google Research Authors, Apache License 2.0), with the values that they expect,
 * and the real {@code rouge_score} on texts that are made here.
 */
class RougeScoreTest {

  private static final double TOLERANCE = 1e-9;

  /** The content of pyrouge_files/target_multi.0.txt; its first lines are those of target.txt. */
  private static final String TARGET =
      "ZfbCUIUuePaiLVUlCaUXxkpu XPeWing tUHfPMuZ',-Xd Y BrUgVJing M-HV.-DgdDaY.rFDJCR"
          + "ing Ht-LM EKBDXkME,yz'RBr q'wtion wIojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxer t"
          + "KM L\n"
          + "KsJdPByEtAor fE-Qg Dpdbring cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMtion p"
          + "sing sbKao Q m qiing LMmer HqqLFXe,XPY,J XsurkMer ,ed nB'wH'bWVHjWFEing tQ.sae"
          + "fZwJtKrTlixYpMMsJing UCAPwNHeYVjDing c T BUySKtion gMPfJpwGw p'NvxAoping eu pB"
          + "wMBKV'I DNxqelhu,PHPxDEq,mtion SN\n"
          + "NhETebUbBk'er WOvoHMTjSRizKgH'vHiing Xu,hWxfs VkNE QhgKiLHE -HidivzoM.dO anhti"
          + "on jbLQiSGDTCsuhREebUaKM dv J dVN tmbOT\n"
          + "vMR HDm,xOAetion D,tion HJtodT.mHl UIv-p VjWH'BdyWjnfGU-OjT aEMdFICyLWfQMtion "
          + "wEMfdOKing AwkeKbO 'DxqNOHBH qKtVvm OYJl mM\n";

  /** The content of pyrouge_files/prediction_multi.0.txt, which starts as prediction.txt does. */
  private static final String PREDICTION =
      "rFDJCRtion Ht-LM EKtDXkME,yz'RBr q'wer wrojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcU"
          + "xi\n"
          + "n cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMer pstion sbKao Q m qier LMmed H"
          + "qqLFXe,XPY,J XsurkMeo ,ed nB'wH'bWVHjWFEer tQ.saefZwJtKrTlixYpMMNJtion UCAPwNH"
          + "eYVjD\n"
          + "xfs VkJE QhgKiLHE -HidivzoM.dO anhing jbLQiSGDTCsuhREebUaKM dv J\n"
          + "VjWH'BdyWjnfGU-OjTNaEMdFICyLWfQMing wEMfdOKijg AwkeKbO 'DxqNO\n";

  private static double score(Rouge rouge, String kind, String target, String prediction) {
    Map<String, Double> values = rouge.compute(List.of(prediction), List.of(target));
    return requireNonNull(values.get(kind), kind);
  }

  private static String line(String text, int index) {
    return text.lines().toList().get(index) + "\n";
  }

  @ParameterizedTest
  @CsvSource({
    "rouge1, testing one two, testing, 0.5", // testRouge1
    "rouge2, testing one two, testing one, 0.6666666666666666", // testRouge2
    "rougeL, testing one two, testing one, 0.8", // testRougeLConsecutive
    "rougeL, testing one two, testing two, 0.8", // testRougeLNonConsecutive
    "rouge1, testing one two, testing one, 0.8", // testMultipleRougeTypes
    "rouge1, first text, first something, 0.5", // testRougeAllMulti, without its best of several
    "rouge1, this is a test, this is a test, 1.0", // testRougeTokenizerInit
  })
  void short_texts_score_as_the_original_expects(
      String kind, String target, String prediction, double expected) {
    assertThat(score(Rouge.all(), kind, target, prediction)).isEqualTo(expected, within(TOLERANCE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rouge1", "rouge2", "rougeL", "rougeLsum"})
  void an_empty_text_scores_nothing(String kind) { // testRougeEmpty
    assertThat(score(Rouge.all(), kind, "testing one two", "")).isZero();
  }

  /** The first three columns are the test's names, the fourth its value, to five digits. */
  @ParameterizedTest
  @CsvSource({
    "rouge1, false, 0, 0.51163, 0.5116279069767441", // testRouge1AgainstRouge155
    "rouge1, false, 1, 0.50000, 0.5",
    "rouge1, true, 0, 0.51163, 0.5116279069767441", // testRouge1AgainstRouge155WithStemming
    "rouge1, true, 1, 0.52941, 0.5294117647058824",
    "rouge2, false, 0, 0.39024, 0.3902439024390244", // testRouge2AgainstRouge155
    "rouge2, false, 1, 0.36364, 0.3636363636363636",
    "rouge2, true, 0, 0.39024, 0.3902439024390244", // testRouge2AgainstRouge155WithStemming
    "rouge2, true, 1, 0.36364, 0.3636363636363636",
    "rougeL, false, 0, 0.51163, 0.5116279069767441", // testRougeLAgainstRouge155
    "rougeL, false, 1, 0.50000, 0.5",
  })
  void lines_of_its_test_data_score_as_rouge_155_does(
      String kind, boolean stemming, int row, double published, double exact) {
    Rouge rouge = stemming ? Rouge.all().stemming() : Rouge.all();
    double score = score(rouge, kind, line(TARGET, row), line(PREDICTION, row));
    assertThat(score).isEqualTo(published, within(5e-6)).isEqualTo(exact, within(TOLERANCE));
  }

  @Test
  void a_summary_of_several_lines_scores_as_rouge_155_does() {
    // testRougeLSumAgainstRouge155WithStemming; the second value is what rouge_score 0.1.2 gives.
    assertThat(score(Rouge.all().stemming(), "rougeLsum", TARGET, PREDICTION))
        .isEqualTo(0.47205, within(5e-6))
        .isEqualTo(0.4720496894409938, within(TOLERANCE));
  }

  @Test
  void lines_may_change_places_only_where_line_breaks_say_so() { // testRougeLSumSentenceSplitting
    String target = "First sentence.\nSecond Sentence.";
    String prediction = "Second sentence.\nFirst Sentence.";
    Rouge rouge = Rouge.all().stemming();
    assertThat(score(rouge, "rougeLsum", target, prediction)).isEqualTo(1.0);
    assertThat(score(rouge, "rougeLsum", target.replace('\n', ' '), prediction.replace('\n', ' ')))
        .isEqualTo(0.5);
    assertThat(score(rouge, "rougeL", target, prediction)).isEqualTo(0.5);
  }

  @Test
  void the_union_of_the_lines_counts() { // testUnionLcs, testSummaryLevelLcs, testRougeLsum
    String target = "w1 w2 w3 w4 w5";
    double expected = 2 * 0.4 * 0.8 / (0.4 + 0.8);
    assertThat(score(Rouge.all(), "rougeLsum", target, "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"))
        .isEqualTo(expected, within(TOLERANCE));
    assertThat(score(Rouge.all(), "rougeLsum", target, "")).isZero();
    assertThat(score(Rouge.all(), "rougeLsum", "", "w1")).isZero();
    assertThat(score(Rouge.all(), "rougeLsum", target, "/")).isZero();
  }

  @Test
  void many_pairs_score_the_plain_mean_of_their_scores() {
    List<String> targets = List.of(line(TARGET, 0), line(TARGET, 1), "testing one two");
    List<String> predictions = List.of(line(PREDICTION, 0), line(PREDICTION, 1), "testing");
    Map<String, Double> all = Rouge.all().stemming().compute(predictions, targets);
    for (String kind : KINDS) {
      double sum = 0;
      for (int i = 0; i < 3; i++) {
        sum += score(Rouge.all().stemming(), kind, targets.get(i), predictions.get(i));
      }
      assertThat(all.get(kind)).as(kind).isEqualTo(sum / 3, within(TOLERANCE));
    }
  }

  @Test
  void generated_texts_score_as_the_real_rouge_score_says(@TempDir Path folder) throws Exception {
    TransformersPython python = TransformersPython.require(4);
    List<Pair> pairs = new RougeTexts(new Random(7)).pairs(400);
    new RealRougeScore(python, folder).assertEqualScores(pairs, KINDS);
  }

  /** Makes pairs of texts: sentences on lines, unicode, digits, punctuation, nothing at all. */
  private record RougeTexts(Random random) {

    private static final List<String> WORDS =
        List.of(
            ("the a of and The THE cats cat running runs ran summaries summary happily happiness"
                    + " relational hopping hoped flies dies lying news use used array generously"
                    + " connection connected connecting geology v2 3.50 1,000 42 x2y it's e-mail"
                    + " well-known U.S. (really) _under_ naïve café straße İstanbul Kelvin 日本語"
                    + " привет ﬁne 𝒶𝒷 ½ … — \"quoted\" tab\tbed")
                .split(" "));
    private static final List<String> ENDINGS = List.of("", "ing", "tion", "er", "ed", "s", "ly");

    List<Pair> pairs(int count) {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        // Every 40th is long, as rouge_score's own large test is.
        String reference = text(i % 40 == 0 ? 40 : random.nextInt(5));
        pairs.add(new Pair(reference, i % 3 == 0 ? text(random.nextInt(4)) : changed(reference)));
      }
      return pairs;
    }

    private String text(int sentences) {
      String gap = List.of("\n", "\n\n", "\r\n", " \n ", ". ").get(random.nextInt(5));
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < sentences; i++) {
        List<String> words = new ArrayList<>();
        for (int word = random.nextInt(16); word > 0; word--) {
          words.add(word());
        }
        lines.add(String.join(" ", words) + (random.nextBoolean() ? "." : ""));
      }
      return String.join(gap, lines);
    }

    private String word() {
      if (random.nextInt(3) > 0) {
        return WORDS.get(random.nextInt(WORDS.size()));
      }
      StringBuilder letters = new StringBuilder();
      for (int i = random.nextInt(6); i >= 0; i--) {
        letters.append((char) ('a' + random.nextInt(26)));
      }
      return letters + ENDINGS.get(random.nextInt(ENDINGS.size()));
    }

    /** Drops and exchanges words, and sometimes shuffles the lines. */
    private String changed(String text) {
      List<String> lines = new ArrayList<>();
      for (String line : text.split("\n", -1)) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
          if (random.nextInt(10) > 0) {
            words.add(random.nextInt(4) == 0 ? word() : word);
          }
        }
        lines.add(String.join(" ", words));
      }
      if (random.nextBoolean()) {
        Collections.shuffle(lines, random);
      }
      return String.join("\n", lines);
    }
  }
}
