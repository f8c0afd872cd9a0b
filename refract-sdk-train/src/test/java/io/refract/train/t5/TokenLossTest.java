package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Label smoothing and z-loss as {@code src/test/python/objective_golden.py} computes them. */
class TokenLossTest {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Golden(int vocabulary, float[] logits, long[] targets, List<Case> cases) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(
      @SerializedName("label_smoothing") double labelSmoothing,
      @SerializedName("z_loss") double zLoss,
      float loss,
      float[] gradient) {}

  @Test
  void loss_and_gradient_follow_transformers_and_t5x() throws IOException {
    Golden golden = load();
    assertThat(golden.cases()).hasSize(4);
    for (Case expected : golden.cases()) {
      Objective objective = new Objective(expected.labelSmoothing(), expected.zLoss());
      try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
        Shape shape = new Shape(golden.targets().length, golden.vocabulary());
        NDArray logits = Layers.owned(manager.create(golden.logits(), shape));
        logits.setRequiresGradient(true);
        float loss =
            GradMode.on(
                () -> {
                  NDArray sum = TokenLoss.sum(logits, golden.targets(), objective);
                  JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
                  return sum.getFloat();
                });
        assertThat(loss)
            .as(objective.toString())
            .isCloseTo(expected.loss(), within(1e-6f * Math.abs(expected.loss())));
        assertThat(logits.getGradient().toFloatArray())
            .as(objective.toString())
            .containsExactly(expected.gradient(), within(1e-5f));
      }
    }
  }

  private static Golden load() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(
                TokenLossTest.class.getResourceAsStream("/golden/objective.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    }
  }

  @Test
  void values_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objective.CROSS_ENTROPY.withLabelSmoothing(1))
        .withMessage("label smoothing must be at least 0 and below 1 but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objective.CROSS_ENTROPY.withZLoss(-1))
        .withMessage("z-loss must not be negative but was -1.0");
  }
}
