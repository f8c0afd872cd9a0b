package io.refract.train.generation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the parity with transformers does not ask: there, the rules never exclude all. */
class WarpersTest {

  @Test
  void a_row_without_a_possible_token_stays_as_it_is() {
    float[] none = new float[12];
    Arrays.fill(none, Float.NEGATIVE_INFINITY);
    List<ScoreProcessor> warpers =
        List.of(
            Warpers.temperature(0.5f),
            Warpers.topK(2),
            Warpers.topP(0.5, 1),
            Warpers.minP(0.5, 1),
            Warpers.typicalP(0.5, 1));
    for (ScoreProcessor warper : warpers) {
      float[] scores = none.clone();
      warper.process(Prefix.begin(0, 0), scores, 4, 4);
      assertThat(scores).isEqualTo(none);
    }
  }
}
