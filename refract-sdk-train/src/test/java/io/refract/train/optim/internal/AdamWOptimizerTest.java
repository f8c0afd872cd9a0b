package io.refract.train.optim.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.Gson;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of {@code torch.optim.AdamW}, from {@code src/test/python/adamw_golden.py}. */
class AdamWOptimizerTest {

  /** Twelve updates of size 0.01 in float32, and betas that the engine rounds to float32. */
  private static final float WEIGHT_TOLERANCE = 1e-6f;

  private record Golden(
      double learning_rate,
      int warmup_steps,
      int total_steps,
      double max_norm,
      Map<String, long[]> shapes,
      List<Run> runs) {}

  private record Run(
      double weight_decay, String schedule, Map<String, float[]> start, List<Step> steps) {}

  private record Step(
      Map<String, float[]> gradients,
      double norm,
      double learning_rate,
      Map<String, float[]> weights) {}

  private static Golden golden() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            requireNonNull(AdamWOptimizerTest.class.getResourceAsStream("/golden/adamw.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void weights_follow_torch_with_decay_schedule_and_clipping(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    var schedule =
        (run.schedule().equals("linear")
                ? LearningRateSchedule.linear()
                : LearningRateSchedule.constant())
            .withWarmupSteps(golden.warmup_steps());
    var settings =
        AdamW.defaults()
            .withLearningRate(golden.learning_rate())
            .withWeightDecay(run.weight_decay());
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = new LinkedHashMap<>();
      run.start().forEach((name, w) -> weights.put(name, leaf(manager, w, shape(golden, name))));
      try (AdamWOptimizer optimizer = new AdamWOptimizer(settings, manager, weights)) {
        for (Step step : run.steps()) {
          setGradients(manager, weights, step.gradients());
          double norm = Gradients.norm(manager, weights.values());
          double rate =
              settings.learningRate() * schedule.factor(optimizer.steps(), golden.total_steps());
          optimizer.step(rate, Gradients.clipFactor(norm, golden.max_norm()));

          assertThat(norm).isCloseTo(step.norm(), within(1e-6));
          assertThat(rate).isCloseTo(step.learning_rate(), within(1e-12));
          weights.forEach(
              (name, w) ->
                  assertThat(w.toFloatArray())
                      .as(name)
                      .containsExactly(
                          requireNonNull(step.weights().get(name)), within(WEIGHT_TOLERANCE)));
        }
      }
    }
  }

  @Test
  void layer_norms_and_relative_position_biases_do_not_decay() {
    assertThat(AdamWOptimizer.decays("shared.weight")).isTrue();
    assertThat(AdamWOptimizer.decays("lm_head.weight")).isTrue();
    assertThat(AdamWOptimizer.decays("decoder.block.1.layer.2.DenseReluDense.wo.weight")).isTrue();
    assertThat(AdamWOptimizer.decays("decoder.final_layer_norm.weight")).isFalse();
    assertThat(AdamWOptimizer.decays("encoder.block.0.layer.1.layer_norm.weight")).isFalse();
    assertThat(
            AdamWOptimizer.decays(
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"))
        .isFalse();
  }

  @Test
  void a_parameter_without_gradient_only_decays() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray weight = leaf(manager, new float[] {2f, -4f}, new Shape(2));
      var settings = AdamW.defaults().withLearningRate(0.1).withWeightDecay(0.5);
      try (var optimizer = new AdamWOptimizer(settings, manager, Map.of("wo.weight", weight))) {
        optimizer.step(0.1, 1.0);
      }
      assertThat(weight.toFloatArray()).containsExactly(new float[] {1.9f, -3.8f}, within(1e-6f));
    }
  }

  @Test
  void clearing_forgets_what_was_accumulated() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Map.of("w", leaf(manager, new float[] {1f, 1f}, new Shape(2)));
      setGradients(manager, weights, Map.of("w", new float[] {3f, 4f}));
      assertThat(Gradients.norm(manager, weights.values())).isEqualTo(5.0);
      Gradients.clear(weights.values());
      assertThat(Gradients.norm(manager, weights.values())).isZero();
    }
  }

  @Test
  void arrays_of_updates_do_not_pile_up() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Map.of("w", leaf(manager, new float[] {1f, 1f}, new Shape(2)));
      try (var optimizer = new AdamWOptimizer(AdamW.defaults(), manager, weights)) {
        int before = manager.getManagedArrays().size();
        for (int i = 0; i < 5; i++) {
          Gradients.norm(manager, weights.values());
          optimizer.step(0.1, 1.0);
          Gradients.clear(weights.values());
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
      }
    }
  }

  @Test
  void gradients_above_the_limit_are_scaled_down_to_it() {
    assertThat(Gradients.clipFactor(4.0, 1.0)).isCloseTo(0.25, within(1e-6));
    assertThat(Gradients.clipFactor(0.5, 1.0)).isEqualTo(1.0);
    assertThat(Gradients.clipFactor(4.0, 0.0)).isEqualTo(1.0);
  }

  @Test
  void settings_out_of_range_are_refused_with_rule_and_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdamW.defaults().withLearningRate(0))
        .withMessage("learning rate must be greater than 0 but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdamW.defaults().withBetas(0.9, 1.0))
        .withMessage("beta2 must be at least 0 and below 1 but was 1.0");
  }

  private static Shape shape(Golden golden, String name) {
    return new Shape(requireNonNull(golden.shapes().get(name)));
  }

  private static NDArray leaf(NDManager manager, float[] values, Shape shape) {
    NDArray leaf = manager.create(values, shape);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /** Brings given gradients into the leaves: the derivative of sum(w g) by w is g. */
  private static void setGradients(
      NDManager manager, Map<String, NDArray> weights, Map<String, float[]> gradients) {
    Gradients.clear(weights.values());
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try (NDManager scope = manager.newSubManager()) {
      weights.forEach(
          (name, w) -> {
            NDArray g = scope.create(requireNonNull(gradients.get(name)), w.getShape());
            NDArray sum = g.mul(w).sum();
            JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
          });
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
