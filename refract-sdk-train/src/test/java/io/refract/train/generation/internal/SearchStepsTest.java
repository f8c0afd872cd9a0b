package io.refract.train.generation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.common.primitives.ImmutableIntArray;
import io.refract.scoring.Decoding;
import io.refract.train.generation.GenerationConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a search asks of its decoder, which is what costs. */
class SearchStepsTest {

  private static final int VOCABULARY = 8;
  private static final GenerationConfig CONFIG = new GenerationConfig(0, List.of(1), 0, Map.of());

  /** A decoder whose rows count tokens, and like the end token after so many. */
  private static final class Counting implements StepDecoder {
    private int[] lengths;
    private int step;
    private final List<Integer> rows = new ArrayList<>();

    private Counting(int... lengths) {
      this.lengths = lengths;
    }

    @Override
    public int rows() {
      return lengths.length;
    }

    @Override
    public NDArray next(NDManager scope, long[] tokens) {
      assertThat(tokens).hasSize(lengths.length);
      rows.add(tokens.length);
      step++;
      float[] logits = new float[lengths.length * VOCABULARY];
      for (int row = 0; row < lengths.length; row++) {
        for (int token = 0; token < VOCABULARY; token++) {
          logits[row * VOCABULARY + token] = -token;
        }
        logits[row * VOCABULARY + 1] = step >= lengths[row] ? 20 : -20;
      }
      return scope.create(logits, new Shape(lengths.length, VOCABULARY));
    }

    @Override
    public void select(int[] parents) {
      int[] before = lengths;
      lengths = Arrays.stream(parents).map(parent -> before[parent]).toArray();
    }

    @Override
    public void close() {}
  }

  private static List<List<Hypothesis>> search(Counting decoder, Decoding decoding) {
    int sources = decoder.rows();
    List<int[]> ids = IntStream.range(0, sources).mapToObj(i -> new int[] {2, 1}).toList();
    SearchSources all =
        new SearchSources(
            ids,
            ImmutableIntArray.copyOf(IntStream.range(0, sources).toArray()),
            new SourceKeys().next(ids));
    try (NDManager scope = NDManager.newBaseManager("PyTorch")) {
      return Search.run(scope, decoder, all, SearchRequest.of(CONFIG, decoding, 9));
    }
  }

  @Test
  void a_row_that_has_ended_costs_no_further_step() {
    Counting decoder = new Counting(3, 1, 4, 20);
    List<List<Hypothesis>> found = search(decoder, Decoding.defaults());
    assertThat(found).extracting(row -> row.get(0).ids().length).containsExactly(3, 1, 4, 9);
    assertThat(decoder.rows).containsExactly(4, 3, 3, 2, 1, 1, 1, 1, 1);
  }

  @Test
  void beams_of_a_source_begin_as_one_row_and_leave_together() {
    Counting decoder = new Counting(2, 5);
    search(decoder, Decoding.defaults().withNumBeams(3));
    assertThat(decoder.rows.subList(0, 3)).containsExactly(2, 6, 3);
    assertThat(decoder.rows).hasSizeLessThanOrEqualTo(7);
  }

  @Test
  void several_draws_of_a_source_share_the_first_step() {
    Counting decoder = new Counting(20, 20);
    List<List<Hypothesis>> found =
        search(decoder, Decoding.defaults().withDoSample(true).withNumReturnSequences(3));
    assertThat(found).allMatch(row -> row.size() == 3);
    assertThat(decoder.rows.subList(0, 2)).containsExactly(2, 6);
  }

  @Test
  void what_is_drawn_has_the_probabilities_of_the_scores() {
    float[] scores = {(float) Math.log(0.5), Float.NEGATIVE_INFINITY, (float) Math.log(0.3), -1.6f};
    TokenChooser chooser = TokenChooser.sampling(TokenChooser.random(3, 0, 0));
    int[] counts = new int[scores.length];
    int draws = 100_000;
    for (int i = 0; i < draws; i++) {
      counts[chooser.choose(scores, 0, scores.length)]++;
    }
    Softmax softmax = Softmax.of(scores, 0, scores.length);
    for (int i = 0; i < scores.length; i++) {
      double p = softmax.probability(scores[i]);
      // Five standard deviations.
      double slack = 5 * Math.sqrt(p * (1 - p) / draws);
      assertThat(counts[i] / (double) draws).isBetween(p - slack, p + slack);
    }
  }

  @Test
  void the_vocabulary_of_a_t5_is_ranked_as_by_sorting() {
    java.util.Random random = new java.util.Random(5);
    float[] scores = new float[32_128];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (4 * random.nextGaussian());
    }
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    for (int k : new int[] {1, 2, 50, 1000}) {
      assertThat(Ranking.largest(scores, 0, scores.length, k)).isEqualTo(sorted[sorted.length - k]);
    }
    int[] ascending = Ranking.possibleAscending(scores, 0, scores.length);
    for (int i = 0; i < sorted.length; i++) {
      assertThat(scores[ascending[i]]).isEqualTo(sorted[i]);
    }
  }
}
