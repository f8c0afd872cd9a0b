package io.refract.train.t5;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.refract.scoring.GenerationSettings;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.lora.AdapterDescription;
import io.refract.train.lora.LoraConfig;
import io.refract.train.lora.LoraTargets;
import io.refract.train.t5.internal.T5Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several adapters on one base: sharing, merging, closing, saving, and adapters that do not fit.
 */
class AdaptedModelTest {

  private static final GenerationSettings SHORT = new GenerationSettings(32, 10, 4);
  private static final List<String> TEXTS = List.of("my card was refused", "after 14 days", "no");
  private static final LoraConfig ALL = LoraConfig.defaults().withTargets(LoraTargets.allLinear());

  @TempDir Path folder;

  /** Returns a model whose adapter does something: B is not zero. */
  private static T5Model tuned(T5Model base, LoraConfig config, long seed) {
    T5Model model = base.withAdapter(config, seed);
    Random random = new Random(seed);
    T5Access.network(model)
        .trainableParameters()
        .forEach(
            (name, array) -> {
              if (name.contains("lora_B")) {
                float[] values = new float[(int) array.getShape().size()];
                for (int i = 0; i < values.length; i++) {
                  values[i] = (float) random.nextGaussian();
                }
                try (NDManager scope = array.getManager().newSubManager();
                    NDArray drawn = scope.create(values, array.getShape())) {
                  drawn.copyTo(array);
                }
              }
            });
    return model;
  }

  private static Map<String, float[]> weights(T5Model model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    T5Access.network(model).parameters().forEach((name, w) -> weights.put(name, w.toFloatArray()));
    return weights;
  }

  private static void assertSame(Map<String, float[]> left, Map<String, float[]> right) {
    assertThat(left.keySet()).isEqualTo(right.keySet());
    left.forEach((name, values) -> assertThat(values).as(name).isEqualTo(right.get(name)));
  }

  private List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_new_adapter_changes_nothing_and_a_seed_gives_the_same_first_values() {
    try (T5Model base = T5ModelTest.create(false, 1);
        T5Model one = base.withAdapter(ALL, 7);
        T5Model two = base.withAdapter(ALL, 7);
        T5Model other = base.withAdapter(ALL, 8)) {
      assertThat(one.generate(TEXTS, SHORT)).isEqualTo(base.generate(TEXTS, SHORT));
      Map<String, NDArray> first = T5Access.network(one).trainableParameters();
      Map<String, NDArray> second = T5Access.network(two).trainableParameters();
      String a = "base_model.model.encoder.block.0.layer.0.SelfAttention.q.lora_A.weight";
      String b = a.replace("lora_A", "lora_B");
      NDArray drawn = requireNonNull(first.get(a));
      assertThat(drawn.getShape()).isEqualTo(new Shape(8, 16));
      assertThat(requireNonNull(first.get(b)).getShape()).isEqualTo(new Shape(18, 8));
      first.forEach(
          (name, array) ->
              assertThat(array.toFloatArray())
                  .isEqualTo(requireNonNull(second.get(name)).toFloatArray()));
      assertThat(
              requireNonNull(T5Access.network(other).trainableParameters().get(a)).toFloatArray())
          .isNotEqualTo(drawn.toFloatArray());
      // Uniform up to 1/sqrt(16), as in peft.
      float largest = drawn.abs().max().getFloat();
      assertThat(largest).isBetween(0.2f, 0.25f);
      assertThat(drawn.mean().getFloat()).isCloseTo(0, within(0.05f));
      assertThat(one.trainableParameterCount()).isLessThan(base.trainableParameterCount());
      assertThat(one.parameterCount()).isEqualTo(base.parameterCount());
    }
  }

  @Test
  void several_adapters_live_on_one_base_at_once_and_leave_it_as_it_is() {
    try (T5Model base = T5ModelTest.create(true, 1)) {
      Map<String, float[]> before = weights(base);
      List<String> plain = base.generate(TEXTS, SHORT);
      try (T5Model one = tuned(base, LoraConfig.defaults(), 1);
          T5Model two = tuned(base, ALL.withRank(2), 2)) {
        List<String> first = one.generate(TEXTS, SHORT);
        List<String> second = two.generate(TEXTS, SHORT);
        assertThat(first).isNotEqualTo(plain).isNotEqualTo(second);
        assertThat(one.generate(TEXTS, SHORT)).isEqualTo(first);
        assertThat(base.generate(TEXTS, SHORT)).isEqualTo(plain);
      }
      assertThat(base.generate(TEXTS, SHORT)).isEqualTo(plain);
      assertSame(weights(base), before);
    }
  }

  @Test
  void merging_gives_the_same_outputs_and_unmerging_the_same_bits() {
    try (T5Model base = T5ModelTest.create(false, 1);
        T5Model tuned = tuned(base, ALL, 3)) {
      Map<String, float[]> before = weights(base);
      List<String> outputs = tuned.generate(TEXTS, SHORT);
      for (int round = 0; round < 2; round++) {
        tuned.merge();
        assertThat(tuned.isMerged()).isTrue();
        assertThat(tuned.generate(TEXTS, SHORT)).isEqualTo(outputs);
        assertThat(weights(tuned).get("decoder.block.0.layer.1.EncDecAttention.q.weight"))
            .isNotEqualTo(before.get("decoder.block.0.layer.1.EncDecAttention.q.weight"));
        tuned.unmerge();
        assertSame(weights(base), before);
        assertThat(tuned.generate(TEXTS, SHORT)).isEqualTo(outputs);
      }
    }
  }

  @Test
  void while_one_adapter_is_merged_the_other_models_refuse_to_be_used() {
    try (T5Model base = T5ModelTest.create(false, 1);
        T5Model other = tuned(base, ALL, 4)) {
      Map<String, float[]> before = weights(base);
      try (T5Model tuned = tuned(base, ALL, 3)) {
        assertThatIllegalStateException()
            .isThrownBy(tuned::unmerge)
            .withMessage("the adapter is not merged");
        tuned.merge();
        assertThatIllegalStateException().isThrownBy(tuned::merge).withMessageContaining("already");
        for (T5Model refusing : List.of(base, other)) {
          assertThatIllegalStateException()
              .isThrownBy(() -> refusing.generate(TEXTS, SHORT))
              .withMessageContaining("another adapter is merged")
              .withMessageContaining("unmerge it first");
          assertThatIllegalStateException().isThrownBy(() -> T5Access.network(refusing));
          assertThatIllegalStateException().isThrownBy(() -> refusing.save(folder.resolve("no")));
        }
        assertThatIllegalStateException().isThrownBy(other::merge);
        assertThatIllegalStateException()
            .isThrownBy(() -> T5Access.network(tuned).trainableParameters())
            .withMessageContaining("unmerge()");
      }
      // Closing a merged model takes its adapter out again.
      assertSame(weights(base), before);
      assertThat(folder.resolve("no")).doesNotExist();
    }
  }

  @Test
  void models_that_share_a_base_are_closed_in_any_order() {
    T5Model base = T5ModelTest.create(false, 1);
    List<String> plain = base.generate(TEXTS, SHORT);
    T5Model tuned = tuned(base, ALL, 3);
    List<String> outputs = tuned.generate(TEXTS, SHORT);
    NDManager manager = T5Access.network(base).manager();
    base.close();
    base.close();
    assertThatIllegalStateException().isThrownBy(() -> base.generate(TEXTS, SHORT));
    assertThatIllegalStateException().isThrownBy(() -> base.withAdapter(ALL, 1));
    assertThat(tuned.generate(TEXTS, SHORT)).isEqualTo(outputs);
    try (T5Model again = tuned.withoutAdapter()) {
      tuned.close();
      assertThatIllegalStateException().isThrownBy(() -> tuned.generate(TEXTS, SHORT));
      assertThat(again.generate(TEXTS, SHORT)).isEqualTo(plain);
      assertThat(manager.isOpen()).isTrue();
    }
    assertThat(manager.isOpen()).isFalse();
  }

  @Test
  void an_adapter_is_closed_from_within_the_use_of_another_model_of_its_base() {
    try (T5Model base = T5ModelTest.create(false, 1)) {
      T5Model tuned = tuned(base, ALL, 3);
      NDManager adapter = T5Access.network(tuned).manager();
      List<String> plain = base.generate(TEXTS, SHORT);

      base.generator()
          .listener(
              piece -> {
                if (piece.last()) {
                  tuned.close();
                }
              })
          .generate(TEXTS.get(0));

      assertThat(adapter.isOpen()).isFalse();
      assertThat(base.generate(TEXTS, SHORT)).isEqualTo(plain);
    }
  }

  @Test
  void an_adapter_is_saved_alone_and_found_again() throws IOException {
    Path directory = folder.resolve("adapter");
    Path checkpoint = folder.resolve("base");
    try (T5Model created = T5ModelTest.create(false, 1)) {
      created.save(checkpoint);
    }
    try (T5Model base = T5Model.load(checkpoint);
        T5Model tuned = tuned(base, ALL.withRsLora(true).withDropout(0.1), 3)) {
      tuned.saveAdapter(directory);
      assertThat(names(directory))
          .containsExactly("adapter_config.json", "adapter_model.safetensors");
      assertThat(AdapterDescription.load(directory).baseModel()).isEqualTo(checkpoint.toString());
      try (T5Model loaded = base.withAdapter(directory)) {
        assertThat(loaded.adapter()).isEqualTo(tuned.adapter());
        assertThat(loaded.generate(TEXTS, SHORT)).isEqualTo(tuned.generate(TEXTS, SHORT));
      }
      assertThatThrownBy(() -> T5Model.load(directory))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("an adapter only")
          .hasMessageContaining(checkpoint.toString());
      assertThatIllegalStateException().isThrownBy(() -> base.saveAdapter(folder.resolve("x")));
      assertThatIllegalStateException().isThrownBy(() -> tuned.withAdapter(ALL, 1));
    }
  }

  @Test
  void base_plus_adapter_and_merged_are_two_directories_with_the_same_outputs() throws IOException {
    Path both = folder.resolve("both");
    Path merged = folder.resolve("merged");
    try (T5Model base = T5ModelTest.create(true, 1);
        T5Model tuned = tuned(base, ALL, 3)) {
      base.save(folder.resolve("base"));
      List<String> outputs = tuned.generate(TEXTS, SHORT);
      tuned.saveMerged(merged);
      // What is saved does not depend on whether the adapter is merged at the moment.
      tuned.merge();
      tuned.save(both);
      tuned.saveMerged(folder.resolve("merged-again"));
      assertThat(both.resolve("model.safetensors"))
          .hasSameBinaryContentAs(folder.resolve("base/model.safetensors"));
      assertThat(folder.resolve("merged-again/model.safetensors"))
          .hasSameBinaryContentAs(merged.resolve("model.safetensors"));
      assertThat(names(both)).contains("config.json", "adapter_config.json", "tokenizer.json");
      assertThat(names(merged)).contains("config.json").doesNotContain("adapter_config.json");
      try (T5Model one = T5Model.load(both);
          T5Model two = T5Model.load(merged)) {
        assertThat(one.adapter()).contains(ALL);
        assertThat(two.adapter()).isEmpty();
        assertThat(one.generate(TEXTS, SHORT)).isEqualTo(outputs);
        assertThat(two.generate(TEXTS, SHORT)).isEqualTo(outputs);
      }
      assertThatThrownBy(() -> tuned.merged().writeTo(both))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("not empty");
    }
  }

  @Test
  void an_adapter_that_does_not_fit_is_refused_with_the_reason() throws IOException {
    Path directory = folder.resolve("adapter");
    try (T5Model base = T5ModelTest.create(false, 1);
        T5Model relu = T5ModelTest.create(true, 1);
        T5Model tuned = base.withAdapter(ALL, 1)) {
      tuned.saveAdapter(directory);
      // The other form has wi in place of wi_0 and wi_1.
      refused(relu, directory, "it has no tensor", "wi.lora_A.weight", "belong to this base");
      Path config = directory.resolve("adapter_config.json");
      String json = Files.readString(config);
      Files.writeString(config, json.replace("\"r\": 8", "\"r\": 4"));
      refused(base, directory, "has the shape [8, 16]", "ask for [4, 16]");
      Files.writeString(config, json.replace("\"wo\"", "\"q\""));
      refused(base, directory, "belong to no targeted layer", "wo.lora_A.weight");
      Files.writeString(config, json);
      Path weights = directory.resolve("adapter_model.safetensors");
      byte[] bytes = Files.readAllBytes(weights);
      Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 4));
      refused(base, directory, "adapter_model.safetensors");
      Files.move(weights, directory.resolve("adapter_model.bin"));
      refused(base, directory, "pickle", "save_pretrained");
      Files.delete(directory.resolve("adapter_model.bin"));
      refused(base, directory, "there is no adapter_model.safetensors");
      Files.delete(config);
      refused(base, directory, "there is no adapter_config.json");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> base.withAdapter(LoraConfig.defaults().withTargetModules("query_proj"), 1))
          .withMessageContaining("query_proj")
          .withMessageContaining("[q, k, v, o, wi_0, wi_1, wo]");
      assertThat(base.generate(TEXTS, SHORT)).hasSize(TEXTS.size());
    }
  }

  private static void refused(T5Model base, Path directory, String... reasons) {
    assertThatThrownBy(() -> base.withAdapter(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(reasons);
  }
}
