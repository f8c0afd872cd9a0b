package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.google.common.math.Stats;
import com.google.common.math.StatsAccumulator;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Dropout draws other zeros than transformers, but from the same distribution. Values of
 * make_dropout_fixtures.py.
 */
class DropoutParityTest {

  private static final int DRAWS = 1000;

  /** Standard errors that a mean may be away: four are exceeded once in 16,000 times. */
  private static final double ERRORS = 4;

  private record Fixture(int draws, double rate, Map<String, Form> forms) {}

  private record Form(Moments loss, @SerializedName("squared_norm") Moments squaredNorm) {}

  private record Moments(double mean, double deviation) {}

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1"})
  void losses_and_gradients_are_distributed_as_in_transformers(String form) throws IOException {
    Fixture fixture =
        new Gson()
            .fromJson(Files.readString(Golden.resource("/golden/dropout.json")), Fixture.class);
    Form expected = Objects.requireNonNull(fixture.forms().get(form));
    Golden golden = Golden.load(form);
    Batch batch = golden.batches().get(0).batch();
    StatsAccumulator losses = new StatsAccumulator();
    StatsAccumulator norms = new StatsAccumulator();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5ArrayNetwork network = golden.network(manager);
      network.parameters().values().forEach(p -> p.setRequiresGradient(true));
      for (int draw = 0; draw < DRAWS; draw++) {
        Dropout dropout = Dropout.of(fixture.rate(), Seeds.derive(7, draw));
        losses.add(lossSum(network, manager, batch, dropout) / batch.targetTokens());
        norms.add(squaredNorm(network) / Math.pow(batch.targetTokens(), 2));
      }
    }
    assertAlike(losses.snapshot(), expected.loss(), fixture.draws());
    assertAlike(norms.snapshot(), expected.squaredNorm(), fixture.draws());
    // Of a normal distribution the deviation has a standard error of 1 / sqrt(2 n).
    double slack = ERRORS * expected.loss().deviation() * Math.sqrt(0.5 / DRAWS);
    assertThat(losses.sampleStandardDeviation())
        .isCloseTo(expected.loss().deviation(), within(slack));
  }

  private static double lossSum(
      T5ArrayNetwork network, NDManager manager, Batch batch, Dropout dropout) {
    try (NDManager scope = manager.newSubManager()) {
      return GradMode.on(
          () -> network.backward(scope, batch, dropout, Objective.CROSS_ENTROPY).getFloat());
    }
  }

  private static double squaredNorm(T5ArrayNetwork network) {
    double sum = 0;
    for (float[] gradient : Gradients.take(network).values()) {
      for (float value : gradient) {
        sum += (double) value * value;
      }
    }
    return sum;
  }

  private static void assertAlike(Stats actual, Moments expected, int draws) {
    double error =
        Math.hypot(
            actual.sampleStandardDeviation() / Math.sqrt(DRAWS),
            expected.deviation() / Math.sqrt(draws));
    assertThat(actual.mean()).isCloseTo(expected.mean(), within(ERRORS * error));
  }
}
