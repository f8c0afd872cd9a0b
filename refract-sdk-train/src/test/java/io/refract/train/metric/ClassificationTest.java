package io.refract.train.metric;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The values come from scikit-learn, see src/test/python/make_classification_fixtures.py. */
class ClassificationTest {

  private static final double EXACT = 1e-12;

  /** The content of classification.json. */
  private static final class Fixture {
    List<Case> cases = List.of();
  }

  private static final class Case {
    List<String> labels = List.of();
    List<String> predictions = List.of();
    List<String> references = List.of();
    double accuracy;
    Scores scores = new Scores();
    List<List<Long>> counts = List.of();
    List<Long> other = List.of();
  }

  /** Precision, recall and F1; for labels the support too. */
  private static final class Scores {
    double[][] labels = {};
    double[] macro = {};
    double[] micro = {};
    double[] weighted = {};
  }

  private static List<Case> cases() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            ClassificationTest.class.getResourceAsStream("classification.json"), UTF_8)) {
      return new Gson().fromJson(reader, Fixture.class).cases;
    }
  }

  @Test
  void every_value_is_that_of_scikit_learn() throws IOException {
    assertThat(cases()).hasSize(6);
    for (Case one : cases()) {
      LabelMetrics measured =
          Classification.of(one.labels).measure(one.predictions, one.references);
      assertThat(measured.accuracy()).isEqualTo(one.accuracy, within(EXACT));
      assertThat(measured.confusion())
          .isEqualTo(new ConfusionMatrix(one.labels, one.counts, one.other));
      assertScore(measured.macro(), one.scores.macro);
      assertScore(measured.micro(), one.scores.micro);
      assertScore(measured.weighted(), one.scores.weighted);
      for (int i = 0; i < one.labels.size(); i++) {
        assertThat(measured.labels().get(i).label()).isEqualTo(one.labels.get(i));
        assertScore(measured.labels().get(i), one.scores.labels[i]);
        assertThat(measured.labels().get(i).support()).isEqualTo((long) one.scores.labels[i][3]);
      }
    }
  }

  private static void assertScore(LabelScore score, double[] expected) {
    assertThat(score.precision()).as("%s", score).isEqualTo(expected[0], within(EXACT));
    assertThat(score.recall()).as("%s", score).isEqualTo(expected[1], within(EXACT));
    assertThat(score.f1()).as("%s", score).isEqualTo(expected[2], within(EXACT));
  }

  @Test
  void as_a_metric_it_gives_the_accuracy_and_the_means() throws IOException {
    Case one = cases().get(1);
    Metric metric = Classification.of(one.labels);
    Map<String, Double> values = metric.compute(one.predictions, one.references);
    assertThat(values.keySet())
        .containsExactly(
            "accuracy", "macro_precision", "macro_recall", "macro_f1", "micro_f1", "weighted_f1");
    assertThat(values.get(metric.name())).isEqualTo(one.accuracy, within(EXACT));
    assertThat(values.get("macro_f1")).isEqualTo(one.scores.macro[2], within(EXACT));
  }

  @Test
  void labels_may_be_taken_from_the_references() {
    LabelMetrics measured =
        Classification.ofReferences()
            .measure(
                List.of(" outage\n", "bug", "Bug", ""), List.of("outage", "bug", "bug", "bug"));
    assertThat(measured.confusion())
        .isEqualTo(
            new ConfusionMatrix(
                List.of("bug", "outage"),
                List.of(List.of(1L, 0L), List.of(0L, 1L)),
                List.of(2L, 0L)));
    assertThat(measured.accuracy()).isEqualTo(0.5);
    assertThat(measured.other()).isEqualTo(2);
  }

  @Test
  void the_table_shows_every_label_and_what_was_no_label() {
    String table =
        Classification.of("bug", "billing question", "praise")
            .measure(
                List.of("bug", "bug", "billing question", "?"),
                List.of("bug", "billing question", "billing question", "bug"))
            .table();
    assertThat(table.lines())
        .containsExactly(
            "                  precision  recall     f1  support",
            "bug                  0.5000  0.5000 0.5000        2",
            "billing question     1.0000  0.5000 0.6667        2",
            "praise               0.0000  0.0000 0.0000        0",
            "",
            "macro                0.5000  0.3333 0.3889        4",
            "micro                0.6667  0.5000 0.5714        4",
            "weighted             0.7500  0.5000 0.5833        4",
            "accuracy 0.5000 of 4 examples; 1 predictions were none of the labels");
  }

  @Test
  void what_cannot_be_measured_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.of("bug").measure(List.of("bug"), List.of("praise")))
        .withMessage("the reference 'praise' is none of the 1 labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.of("bug", "bug "))
        .withMessage("the label 'bug' stands twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.of("bug", " "))
        .withMessage("a label must not be blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.of())
        .withMessage("there must be at least 1 label");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.ofReferences().compute(List.of(), List.of()))
        .withMessage("there must be at least 1 prediction");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LabelMetrics.of(
                    new ConfusionMatrix(List.of("a"), List.of(List.of(0L)), List.of(0L))))
        .withMessage("a confusion matrix must count at least 1 example");
  }
}
