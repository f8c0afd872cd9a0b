package io.refract.train.metric;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The values come from rouge_score and nltk, see src/test/python/make_rouge_fixtures.py. */
class MetricTest {

  private static final List<String> KINDS = List.of("rouge1", "rouge2", "rougeL", "rougeLsum");

  /** The content of rouge.json. */
  private static final class RougeFixture {
    List<Pair> pairs = List.of();
  }

  /** Two texts and the F-measures in the order of KINDS. */
  private static final class Pair {
    String prediction = "";
    String reference = "";
    double[] plain = {};
    double[] stemmed = {};
  }

  /** The content of stems.json. */
  private static final class StemFixture {
    Map<String, String> stems = Map.of();
  }

  private static <T> T read(String name, Class<T> type) throws IOException {
    try (Reader reader = new InputStreamReader(MetricTest.class.getResourceAsStream(name), UTF_8)) {
      return new Gson().fromJson(reader, type);
    }
  }

  @Test
  void stems_are_those_of_nltk() throws IOException {
    Map<String, String> stems = read("stems.json", StemFixture.class).stems;
    assertThat(stems).hasSizeGreaterThan(2000);
    List<String> different = new ArrayList<>();
    stems.forEach(
        (word, stem) -> {
          if (!PorterStemmer.stem(word).equals(stem)) {
            different.add(word + " -> " + PorterStemmer.stem(word) + ", not " + stem);
          }
        });
    assertThat(different).isEmpty();
  }

  @Test
  void scores_of_each_pair_are_those_of_rouge_score() throws IOException {
    List<Pair> pairs = read("rouge.json", RougeFixture.class).pairs;
    assertThat(pairs).hasSizeGreaterThan(300);
    for (Pair pair : pairs) {
      assertScores(Rouge.all(), pair, pair.plain);
      assertScores(Rouge.all().stemming(), pair, pair.stemmed);
    }
  }

  private static void assertScores(Rouge rouge, Pair pair, double[] expected) {
    Map<String, Double> values = rouge.compute(List.of(pair.prediction), List.of(pair.reference));
    assertThat(values.keySet()).containsExactlyElementsOf(KINDS);
    for (int kind = 0; kind < KINDS.size(); kind++) {
      assertThat(values.get(KINDS.get(kind)))
          .as("%s %s of [%s] and [%s]", rouge, KINDS.get(kind), pair.prediction, pair.reference)
          .isEqualTo(expected[kind], within(1e-9));
    }
  }

  @Test
  void the_score_of_many_pairs_is_the_mean_of_theirs() throws IOException {
    List<Pair> pairs = read("rouge.json", RougeFixture.class).pairs;
    double mean = pairs.stream().mapToDouble(pair -> pair.plain[2]).average().orElseThrow();
    Map<String, Double> values =
        Rouge.L()
            .compute(
                pairs.stream().map(pair -> pair.prediction).toList(),
                pairs.stream().map(pair -> pair.reference).toList());
    assertThat(values).containsOnlyKeys("rougeL");
    assertThat(values.get("rougeL")).isEqualTo(mean, within(1e-9));
  }

  @Test
  void exact_match_ignores_white_space_at_the_ends_only() {
    assertThat(
            new ExactMatch()
                .compute(
                    List.of(" card lost\n", "Card lost", "card  lost", "card lost"),
                    List.of("card lost", "card lost", "card lost", "card lost")))
        .containsExactly(Map.entry("exact_match", 0.5));
  }

  @Test
  void a_metric_is_named_by_the_value_that_stands_for_it() {
    assertThat(Rouge.L().name()).isEqualTo("rougeL");
    assertThat(Rouge.all().name()).isEqualTo("rougeL");
    assertThat(new ExactMatch().name()).isEqualTo("exact_match");
  }

  @Test
  void lists_of_different_size_and_empty_lists_are_refused() {
    for (Metric metric : List.of(Rouge.all(), new ExactMatch())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> metric.compute(List.of("a"), List.of()))
          .withMessage("there must be as many predictions as references but there are 1 and 0");
      assertThatIllegalArgumentException().isThrownBy(() -> metric.compute(List.of(), List.of()));
    }
  }
}
