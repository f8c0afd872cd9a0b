package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.data.Batch;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten updates give the losses, gradient norms and weights that transformers 4.57.6 and torch 2.13.0
 * give, from {@code src/test/python/training_golden.py}.
 */
class TrainingParityTest {

  /** Relative; both sides compute in float32, in another order. */
  private static final double LOSS_TOLERANCE = 2e-6;

  private static final double NORM_TOLERANCE = 1e-5;

  /**
   * Absolute; the weights move by up to 0.0125 each. Adam divides by the gradient's own size, so
   * that rounding of tiny gradients is seen at the scale of the learning rate.
   */
  private static final float WEIGHT_TOLERANCE = 1e-5f;

  private record Run(
      @SerializedName("learning_rate") double learningRate,
      @SerializedName("weight_decay") double weightDecay,
      @SerializedName("warmup_steps") int warmupSteps,
      @SerializedName("total_steps") int totalSteps,
      @SerializedName("max_norm") double maxNorm,
      List<Step> steps) {}

  private record Step(
      List<Rows> batches,
      double loss,
      double norm,
      @SerializedName("learning_rate") double learningRate) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rows(
      int rows,
      @SerializedName("source_length") int sourceLength,
      @SerializedName("target_length") int targetLength,
      @SerializedName("target_tokens") int targetTokens,
      @SerializedName("input_ids") long[] inputIds,
      @SerializedName("attention_mask") long[] attentionMask,
      long[] labels) {

    LoadedBatch batch() {
      return new LoadedBatch(
          0,
          IntStream.range(0, rows).toArray(),
          new Batch(
              rows, sourceLength, targetLength, inputIds, attentionMask, labels, targetTokens));
    }
  }

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1"})
  void ten_updates_follow_transformers(String form) throws IOException {
    Path golden = Fixtures.path("/golden/training/" + form);
    Run run = new Gson().fromJson(Files.readString(golden.resolve("run.json")), Run.class);
    Fixtures.copy(golden, directory);
    Fixtures.copy(Fixtures.tokenizer(), directory);
    TrainingConfig config =
        TrainingConfig.defaults()
            .withOptimizer(
                AdamW.defaults()
                    .withLearningRate(run.learningRate())
                    .withWeightDecay(run.weightDecay()))
            .withSchedule(LearningRateSchedule.linear().withWarmupSteps(run.warmupSteps()))
            .withMaxGradientNorm(run.maxNorm());

    try (T5Model model = T5Model.load(directory)) {
      T5Network network = T5Access.network(model);
      try (var loop = new TrainingLoop(Fixtures.teacherForced(network), config, run.totalSteps())) {
        for (Step step : run.steps()) {
          var update = loop.step(step.batches().stream().map(Rows::batch).toList());
          assertThat(update.loss()).isCloseTo(step.loss(), within(step.loss() * LOSS_TOLERANCE));
          assertThat(update.gradientNorm())
              .isCloseTo(step.norm(), within(step.norm() * NORM_TOLERANCE));
          assertThat(update.learningRate()).isCloseTo(step.learningRate(), within(1e-12));
        }
      }
      try (SafetensorsReader reader = SafetensorsReader.open(golden.resolve("final.safetensors"))) {
        assertThat(network.parameters()).hasSameSizeAs(reader.tensors());
        network
            .parameters()
            .forEach(
                (name, parameter) ->
                    assertThat(parameter.toFloatArray())
                        .as(name)
                        .containsExactly(read(reader, name), within(WEIGHT_TOLERANCE)));
      }
    }
  }

  private static float[] read(SafetensorsReader reader, String name) {
    int size = Math.toIntExact(requireNonNull(reader.tensors().get(name)).elements());
    ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    reader.read(name, 0, bytes);
    float[] values = new float[size];
    bytes.flip().asFloatBuffer().get(values);
    return values;
  }
}
