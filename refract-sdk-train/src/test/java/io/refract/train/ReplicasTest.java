package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.refract.train.data.Dataset;
import io.refract.train.device.ComputeDevice;
import io.refract.train.t5.T5Model;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two copies of a model with half a batch each make the update of one model with the whole. */
class ReplicasTest {

  private record Outcome(TrainingResult result, Map<String, float[]> weights) {}

  @Test
  void two_replicas_train_as_one_model_with_twice_the_batches() {
    Outcome one = train(2);
    Outcome two = train(1, ComputeDevice.cpu());
    assertThat(two.result().steps()).isEqualTo(one.result().steps());
    for (int i = 0; i < one.result().steps(); i++) {
      assertThat(two.result().lossCurve().get(i).loss())
          .isCloseTo(one.result().lossCurve().get(i).loss(), within(1e-5));
      assertThat(two.result().lossCurve().get(i).gradientNorm())
          .isCloseTo(one.result().lossCurve().get(i).gradientNorm(), within(1e-4));
    }
    one.weights()
        .forEach(
            (name, weight) ->
                assertThat(requireNonNull(two.weights().get(name)))
                    .as(name)
                    .containsExactly(weight, within(2e-5f)));
  }

  private static Outcome train(int accumulation, ComputeDevice... replicas) {
    try (T5Model model = Fixtures.tinyModel(0.1, 3)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(Dataset.of(ResumableRun.examples()))
              .batchSize(3)
              .gradientAccumulationSteps(accumulation)
              .epochs(2)
              .learningRate(1e-3)
              .replicas(replicas)
              .train();
      return new Outcome(result, ResumableRun.weights(model));
    }
  }

  @Test
  void a_device_that_is_not_there_is_refused() {
    try (T5Model model = Fixtures.tinyModel(0.0, 3)) {
      assertThat(model.device().kind()).isNotNull();
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  T5Trainer.of(model)
                      .data(Dataset.of(ResumableRun.examples()))
                      .replicas(ComputeDevice.gpu(99))
                      .train())
          .withMessageContaining("there is no gpu 99")
          .withMessageContaining("pytorch-native-cu");
    }
  }
}
