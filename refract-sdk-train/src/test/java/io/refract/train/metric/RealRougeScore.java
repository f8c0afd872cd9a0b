package io.refract.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.refract.train.testing.TransformersPython;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares scores with those of the real {@code rouge_score}.
 *
 * @param python where it is installed
 * @param folder for the texts and the scores
 */
record RealRougeScore(TransformersPython python, Path folder) {

  /** All kinds, in the order of {@link Rouge#all()}. */
  static final List<String> KINDS = List.of("rouge1", "rouge2", "rougeL", "rougeLsum");

  private static final double TOLERANCE = 1e-9;

  /** A text to be matched and a text that is scored. */
  record Pair(String reference, String prediction) {}

  /**
   * Asserts that precision, recall and F-measure of each pair are equal, with and without stems.
   */
  void assertEqualScores(List<Pair> pairs, List<String> kinds)
      throws IOException, InterruptedException {
    List<List<String>> texts =
        pairs.stream().map(pair -> List.of(pair.reference, pair.prediction)).toList();
    Path input = Files.writeString(folder.resolve("pairs.json"), new Gson().toJson(texts));
    Path output = folder.resolve("scores.json");
    String[] arguments =
        Stream.concat(Stream.of(input.toString(), output.toString()), kinds.stream())
            .toArray(String[]::new);
    python.run("score_rouge.py", arguments);
    double[][][][] expected = new Gson().fromJson(Files.readString(output), double[][][][].class);
    assertThat(expected.length).isEqualTo(pairs.size());
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      for (int stemming = 0; stemming < 2; stemming++) {
        Rouge rouge = stemming == 1 ? Rouge.all().stemming() : Rouge.all();
        List<RougeScore> scores = rouge.scores(pair.prediction, pair.reference);
        for (int kind = 0; kind < kinds.size(); kind++) {
          RougeScore score = scores.get(KINDS.indexOf(kinds.get(kind)));
          assertThat(new double[] {score.precision(), score.recall(), score.fMeasure()})
              .as("%s %s of %s", rouge, kinds.get(kind), pair)
              .containsExactly(expected[i][stemming][kind], within(TOLERANCE));
        }
      }
    }
  }
}
