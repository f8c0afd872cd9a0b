package io.refract.train.optim.internal;

import static io.refract.train.optim.internal.Leaves.leaf;
import static io.refract.train.optim.internal.Leaves.setGradients;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.common.collect.ImmutableMap;
import com.google.gson.Gson;
import io.refract.train.kernel.OptimizerKernel;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Optimizer;
import io.refract.train.optim.ScaledAdamW;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of {@code torch.optim.AdamW}, from {@code src/test/python/adamw_golden.py}. */
class AdamWUpdaterTest {

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
            requireNonNull(AdamWUpdaterTest.class.getResourceAsStream("/golden/adamw.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    }
  }

  private static Optional<OptimizerKernel> kernel(boolean fused) {
    Optional<OptimizerKernel> kernel = OptimizerKernel.find();
    assertThat(kernel).isPresent();
    return fused ? kernel : Optional.empty();
  }

  @ParameterizedTest
  @CsvSource({
    "0,true", "1,true", "2,true", "3,true", "0,false", "1,false", "2,false", "3,false",
  })
  void weights_follow_torch_with_decay_schedule_and_clipping(int index, boolean fused)
      throws IOException {
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
      Map<String, NDArray> weights = Leaves.of(manager, run.start(), golden.shapes());
      try (var optimizer = new AdamWUpdater(settings, manager, weights, kernel(fused))) {
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_parameter_without_gradient_only_decays(boolean fused) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray weight = leaf(manager, new float[] {2f, -4f}, new Shape(2));
      var settings = AdamW.defaults().withLearningRate(0.1).withWeightDecay(0.5);
      try (var optimizer =
          new AdamWUpdater(settings, manager, Map.of("wo.weight", weight), kernel(fused))) {
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arrays_of_updates_do_not_pile_up(boolean fused) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Map.of("w", leaf(manager, new float[] {1f, 1f}, new Shape(2)));
      try (var optimizer = new AdamWUpdater(AdamW.defaults(), manager, weights, kernel(fused))) {
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

  @ParameterizedTest
  @CsvSource({"true,true", "false,false", "true,false", "false,true"})
  void a_run_goes_on_from_its_saved_state_in_both_forms(boolean fused, boolean later)
      throws IOException {
    Golden golden = golden();
    Run run = golden.runs().get(2);
    var settings = AdamW.defaults().withLearningRate(0.01).withWeightDecay(run.weight_decay());
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = Leaves.of(manager, run.start(), golden.shapes());
      Map<String, NDArray> others = Leaves.of(manager, run.start(), golden.shapes());
      try (var whole = new AdamWUpdater(settings, manager, weights, kernel(fused));
          var first = new AdamWUpdater(settings, manager, others, kernel(fused));
          var second = new AdamWUpdater(settings, manager, others, kernel(later))) {
        for (int i = 0; i < 12; i++) {
          if (i == 6) {
            assertThat(second.state().keySet()).containsExactlyElementsOf(first.state().keySet());
            first.state().forEach((name, array) -> array.copyTo(second.state().get(name)));
            second.restore(first.steps());
          }
          setGradients(manager, weights, run.steps().get(i).gradients());
          whole.step(0.01, 0.5);
          setGradients(manager, others, run.steps().get(i).gradients());
          (i < 6 ? first : second).step(0.01, 0.5);
        }
        assertThat(second.steps()).isEqualTo(12);
      }
      weights.forEach(
          (name, w) ->
              assertThat(requireNonNull(others.get(name)).toFloatArray())
                  .as(name)
                  .containsExactly(
                      w.toFloatArray(), within(fused == later ? 0 : WEIGHT_TOLERANCE)));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void norms_are_those_of_the_arrays_one_by_one(boolean together) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      List<NDArray> arrays =
          List.of(
              manager.create(new float[] {3, 0, -4}),
              manager.create(new float[] {1, 1, 1, 1}, new Shape(2, 2)),
              manager.zeros(new Shape(5)));
      assertThat(Norms.of(manager, arrays, kernel(together))).containsExactly(5f, 2f, 0f);
    }
  }

  /** The second parameter repeats one number so often that its running means fit nowhere. */
  @Test
  void a_state_that_memory_does_not_suffice_for_is_freed() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights =
          ImmutableMap.of(
              "small", leaf(manager, new float[] {1f, 1f}, new Shape(2)),
              "huge", manager.zeros(new Shape(1)).broadcast(new Shape(1L << 48)));
      for (Optimizer settings :
          List.of(AdamW.defaults(), ScaledAdamW.defaults(), Adafactor.defaults())) {
        List<NDManager> scopes = new ArrayList<>();
        assertThatExceptionOfType(EngineException.class)
            .isThrownBy(() -> ParameterUpdater.of(settings, watched(manager, scopes), weights));
        assertThat(scopes).singleElement().matches(scope -> !scope.isOpen());
      }
    }
  }

  /** Returns a manager that tells of the scopes which are made under it. */
  private static NDManager watched(NDManager manager, List<NDManager> scopes) {
    return (NDManager)
        Proxy.newProxyInstance(
            NDManager.class.getClassLoader(),
            new Class<?>[] {NDManager.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(manager, arguments);
              if (result instanceof NDManager scope) {
                scopes.add(scope);
              }
              return result;
            });
  }

  @Test
  void the_state_has_the_names_of_torch() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray weight = leaf(manager, new float[] {2f, -4f}, new Shape(2));
      try (var optimizer =
          ParameterUpdater.of(AdamW.defaults(), manager, Map.of("wo.weight", weight))) {
        assertThat(optimizer.state()).containsOnlyKeys("wo.weight.exp_avg", "wo.weight.exp_avg_sq");
        assertThat(optimizer.state().values())
            .allSatisfy(array -> assertThat(array.getShape()).isEqualTo(new Shape(2)));
      }
    }
  }
}
