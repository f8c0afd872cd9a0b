package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.refract.progress.ProgressListener;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.data.Example;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.AdamW;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Access;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sixteen examples give one update, whether they come as 1 batch, as 4 or as 16. */
class AccumulationTest {

  private record Outcome(TrainingLoop.Update update, Map<String, float[]> weights) {}

  @Test
  void accumulation_changes_neither_loss_nor_norm_nor_update() {
    Outcome whole = train(1);
    assertThat(whole.update().loss()).isGreaterThan(1);
    for (int batches : List.of(4, 16)) {
      Outcome parts = train(batches);
      assertThat(parts.update().targetTokens()).isEqualTo(whole.update().targetTokens());
      assertThat(parts.update().loss()).isCloseTo(whole.update().loss(), within(1e-5));
      assertThat(parts.update().gradientNorm())
          .isCloseTo(whole.update().gradientNorm(), within(1e-5));
      // A large epsilon keeps the update proportional to the gradient, so that rounding stays
      // small.
      whole
          .weights()
          .forEach(
              (name, w) ->
                  assertThat(requireNonNull(parts.weights().get(name)))
                      .as(name)
                      .containsExactly(w, within(1e-6f)));
    }
  }

  private static Outcome train(int batches) {
    try (T5Model model = Fixtures.tinyModel(0.0, 3)) {
      EncodedDataset data =
          EncodedDataset.encode(
              Dataset.of(sixteen()), model.tokenizer(), "", 64, 64, ProgressListener.none());
      TrainingConfig config =
          TrainingConfig.defaults()
              .withOptimizer(AdamW.defaults().withLearningRate(0.1).withEpsilon(1.0));
      int rows = 16 / batches;
      List<LoadedBatch> group =
          IntStream.range(0, batches)
              .mapToObj(number -> batch(data, number, number * rows, (number + 1) * rows))
              .toList();
      var network = T5Access.network(model);
      try (var loop = new TrainingLoop(Fixtures.teacherForced(network), config, 1)) {
        TrainingLoop.Update update = loop.step(group);
        Map<String, float[]> weights = new LinkedHashMap<>();
        network.parameters().forEach((name, w) -> weights.put(name, w.toFloatArray()));
        return new Outcome(update, weights);
      }
    }
  }

  private static LoadedBatch batch(EncodedDataset data, int number, int from, int to) {
    int[] examples = IntStream.range(from, to).toArray();
    return new LoadedBatch(number, examples, data.batch(examples));
  }

  /** Targets of very different lengths: a mean of means would be another loss. */
  private static List<Example> sixteen() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      examples.add(new Example("the day after " + i, "a new day ".repeat(1 + i % 5) + i));
    }
    return examples;
  }
}
