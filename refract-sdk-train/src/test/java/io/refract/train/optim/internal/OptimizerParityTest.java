package io.refract.train.optim.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values of {@code transformers.optimization.Adafactor}, and of the formula of nanoT5's {@code
 * AdamWScale}, from {@code src/test/python/optimizer_golden.py}.
 */
class OptimizerParityTest {

  /** Twelve updates in float32, in another order of operations. */
  private static final float TOLERANCE = 1e-6f;

  private record Golden(
      Map<String, long[]> shapes,
      Map<String, float[]> start,
      List<Map<String, float[]>> gradients,
      List<Run> runs) {}

  private record Run(
      String optimizer,
      double learning_rate,
      double weight_decay,
      JsonObject options,
      List<Map<String, float[]>> weights) {

    Optimizer settings() {
      Optimizer settings = optimizer.equals("adafactor") ? adafactor() : scaledAdamW();
      return settings.withLearningRate(learning_rate).withWeightDecay(weight_decay);
    }

    private Adafactor adafactor() {
      Adafactor settings = Adafactor.defaults();
      for (Map.Entry<String, JsonElement> option : options.entrySet()) {
        JsonElement value = option.getValue();
        settings =
            switch (option.getKey()) {
              case "scale_parameter" -> settings.withScaleParameter(value.getAsBoolean());
              case "beta1" -> settings.withBeta1(value.getAsDouble());
              case "clip_threshold" -> settings.withClipThreshold(value.getAsDouble());
              case "decay_rate" -> settings.withDecayRate(value.getAsDouble());
              default -> throw new IllegalArgumentException(option.getKey());
            };
      }
      return settings;
    }

    private ScaledAdamW scaledAdamW() {
      ScaledAdamW settings = ScaledAdamW.defaults();
      if (options.has("betas")) {
        var betas = options.getAsJsonArray("betas");
        settings = settings.withBetas(betas.get(0).getAsDouble(), betas.get(1).getAsDouble());
      }
      return options.has("eps") ? settings.withEpsilon(options.get("eps").getAsDouble()) : settings;
    }
  }

  private static Golden golden() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            requireNonNull(
                OptimizerParityTest.class.getResourceAsStream("/golden/optimizers.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void weights_follow_the_original(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, golden.start(), golden.shapes());
      try (var updater = ParameterUpdater.of(run.settings(), manager, weights)) {
        for (int step = 0; step < golden.gradients().size(); step++) {
          Leaves.setGradients(manager, weights, golden.gradients().get(step));
          updater.step(run.learning_rate(), 1.0);
          assertClose(weights, run.weights().get(step));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void scaled_adamw_follows_it_without_the_kernel_too(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, golden.start(), golden.shapes());
      try (var updater =
          new ScaledAdamWUpdater(
              (ScaledAdamW) run.settings(), manager, weights, Optional.empty())) {
        for (int step = 0; step < golden.gradients().size(); step++) {
          Leaves.setGradients(manager, weights, golden.gradients().get(step));
          updater.step(run.learning_rate(), 1.0);
          assertClose(weights, run.weights().get(step));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void gradients_are_scaled_before_anything_else(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, golden.start(), golden.shapes());
      try (var updater = ParameterUpdater.of(run.settings(), manager, weights)) {
        for (int step = 0; step < golden.gradients().size(); step++) {
          Leaves.setGradients(manager, weights, golden.gradients().get(step));
          weights.values().forEach(w -> GradMode.off(() -> times(w.getGradient(), 8f)));
          updater.step(run.learning_rate(), 1.0 / 8);
        }
      }
      assertClose(weights, run.weights().get(11));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void a_run_goes_on_bit_for_bit_from_its_saved_state(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, golden.start(), golden.shapes());
      Map<String, NDArray> others = Leaves.of(manager, golden.start(), golden.shapes());
      try (var whole = ParameterUpdater.of(run.settings(), manager, weights);
          var first = ParameterUpdater.of(run.settings(), manager, others);
          var second = ParameterUpdater.of(run.settings(), manager, others)) {
        for (int i = 0; i < 12; i++) {
          if (i == 5) {
            first.state().forEach((name, s) -> get(second.state(), name).set(s.toFloatArray()));
            second.restore(first.steps());
          }
          Leaves.setGradients(manager, weights, golden.gradients().get(i));
          whole.step(run.learning_rate(), 0.5);
          Leaves.setGradients(manager, others, golden.gradients().get(i));
          (i < 5 ? first : second).step(run.learning_rate(), 0.5);
        }
      }
      weights.forEach(
          (name, w) -> assertThat(get(others, name).toFloatArray()).isEqualTo(w.toFloatArray()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void updates_leave_nothing_behind_and_the_weights_trainable(int index) throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(index);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, golden.start(), golden.shapes());
      try (var updater = ParameterUpdater.of(run.settings(), manager, weights)) {
        int before = manager.getManagedArrays().size();
        // The mode of most threads, in which an update must not become a part of a graph.
        GradMode.on(
            () -> {
              updater.step(0.1, 1.0);
              return updater;
            });
        assertThat(manager.getManagedArrays()).hasSize(before);
        assertThat(weights.values()).allSatisfy(w -> assertThat(w.hasGradient()).isTrue());
      }
    }
  }

  @Test
  void adafactor_keeps_a_number_per_row_and_column() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights =
          Map.of("wo.weight", Leaves.leaf(manager, new float[6], new Shape(2, 3)));
      try (var updater = ParameterUpdater.of(Adafactor.defaults(), manager, weights)) {
        assertThat(updater.state()).hasSize(2);
        assertThat(get(updater.state(), "wo.weight.exp_avg_sq_row").getShape())
            .isEqualTo(new Shape(2));
        assertThat(get(updater.state(), "wo.weight.exp_avg_sq_col").getShape())
            .isEqualTo(new Shape(3));
      }
    }
  }

  private static NDArray get(Map<String, NDArray> arrays, String name) {
    return requireNonNull(arrays.get(name), name);
  }

  private static NDArray times(NDArray gradient, float factor) {
    try (gradient) {
      return gradient.muli(factor);
    }
  }

  private static void assertClose(Map<String, NDArray> weights, Map<String, float[]> expected) {
    weights.forEach(
        (name, w) ->
            assertThat(w.toFloatArray())
                .as(name)
                .containsExactly(requireNonNull(expected.get(name)), within(TOLERANCE)));
  }
}
