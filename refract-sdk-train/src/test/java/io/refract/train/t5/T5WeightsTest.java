package io.refract.train.t5;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.checkpoint.SafetensorsWriter;
import io.refract.train.checkpoint.SafetensorsWriter.Tensor;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class T5WeightsTest {

  @TempDir Path folder;

  private static Map<String, float[]> read(Path directory) {
    return read(directory, WeightMemory.COPY_ON_WRITE);
  }

  private static Map<String, float[]> read(Path directory, WeightMemory memory) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5Weights.load(directory, T5ConfigFile.read(directory), manager, memory)
          .parameters()
          .forEach((name, array) -> values.put(name, array.toFloatArray()));
    }
    return values;
  }

  /** Copies a fixture with its tensors changed. */
  private Path changed(String form, Consumer<Map<String, Tensor>> change) throws IOException {
    Path source = Golden.resource("/golden/t5/" + form);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (SafetensorsReader reader = SafetensorsReader.open(source.resolve("model.safetensors"))) {
      reader
          .tensors()
          .forEach(
              (name, info) ->
                  tensors.put(
                      name,
                      new Tensor(
                          name,
                          info.shape(),
                          (first, target) -> reader.read(name, first, target))));
      change.accept(tensors);
      SafetensorsWriter.write(
          folder.resolve("model.safetensors"), List.copyOf(tensors.values()), Map.of());
    }
    Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
    return folder;
  }

  private static Tensor renamed(Map<String, Tensor> tensors, String name, String newName) {
    Tensor tensor = requireNonNull(tensors.get(name), name);
    return new Tensor(newName, tensor.shape(), tensor.values());
  }

  private static Tensor constant(Tensor like, float value) {
    return new Tensor(
        like.name(),
        like.shape(),
        (first, target) -> {
          while (target.hasRemaining()) {
            target.putFloat(value);
          }
        });
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1", "inner_width", "uneven", "mt5"})
  void a_file_of_transformers_is_written_again_byte_for_byte(String form) throws IOException {
    Path source = Golden.resource("/golden/t5/" + form);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> parameters =
          T5Weights.load(source, T5ConfigFile.read(source), manager, WeightMemory.READ_ONLY)
              .parameters();
      Path copy = GradMode.off(() -> T5Weights.save(folder, parameters));
      assertThat(copy).hasSameBinaryContentAs(source.resolve("model.safetensors"));
    }
  }

  @Test
  void values_do_not_depend_on_the_pieces_they_are_read_in() {
    Path source = Golden.resource("/golden/t5/v1_1");
    Map<String, float[]> whole = read(source);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5Weights.load(source, T5ConfigFile.read(source), manager, WeightMemory.COPIED, 7)
          .parameters()
          .forEach(
              (name, array) ->
                  assertThat(array.toFloatArray()).as(name).isEqualTo(whole.get(name)));
    }
  }

  @Test
  void parameters_are_ordered_as_in_transformers() {
    assertThat(read(Golden.resource("/golden/t5/uneven")).keySet())
        .startsWith(
            "shared.weight",
            "encoder.block.0.layer.0.SelfAttention.q.weight",
            "encoder.block.0.layer.0.SelfAttention.k.weight",
            "encoder.block.0.layer.0.SelfAttention.v.weight",
            "encoder.block.0.layer.0.SelfAttention.o.weight",
            "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            "encoder.block.0.layer.0.layer_norm.weight",
            "encoder.block.0.layer.1.DenseReluDense.wi.weight",
            "encoder.block.0.layer.1.DenseReluDense.wo.weight",
            "encoder.block.0.layer.1.layer_norm.weight",
            "encoder.block.1.layer.0.SelfAttention.q.weight")
        .endsWith("decoder.block.0.layer.2.layer_norm.weight", "decoder.final_layer_norm.weight");
  }

  @ParameterizedTest
  @ValueSource(strings = {"decoder.embed_tokens.weight", "encoder.embed_tokens.weight"})
  void the_embedding_is_found_under_its_other_names_before_the_output_layer(String name)
      throws IOException {
    Path directory =
        changed(
            "v1_1",
            tensors -> {
              tensors.put(name, renamed(tensors, "shared.weight", name));
              tensors.remove("shared.weight");
            });
    assertThat(read(directory).get("shared.weight"))
        .isEqualTo(read(Golden.resource("/golden/t5/v1_1")).get("shared.weight"));
  }

  @Test
  void the_first_of_several_embeddings_is_taken() throws IOException {
    Path directory =
        changed(
            "v1_1",
            tensors -> {
              for (String name :
                  List.of("decoder.embed_tokens.weight", "encoder.embed_tokens.weight")) {
                tensors.put(name, constant(renamed(tensors, "shared.weight", name), 5));
              }
            });
    assertThat(read(directory).get("shared.weight"))
        .isEqualTo(read(Golden.resource("/golden/t5/v1_1")).get("shared.weight"));
  }

  @Test
  void a_tied_model_may_store_only_its_output_layer() throws IOException {
    Path directory =
        changed(
            "v1_0",
            tensors -> {
              tensors.put("lm_head.weight", renamed(tensors, "shared.weight", "lm_head.weight"));
              tensors.remove("shared.weight");
            });
    assertThat(read(directory).get("shared.weight"))
        .isEqualTo(read(Golden.resource("/golden/t5/v1_0")).get("shared.weight"));
  }

  @Test
  void a_tied_output_layer_that_equals_the_embedding_is_ignored() throws IOException {
    Path directory =
        changed(
            "v1_0",
            tensors ->
                tensors.put("lm_head.weight", renamed(tensors, "shared.weight", "lm_head.weight")));
    assertThat(read(directory)).doesNotContainKey("lm_head.weight");
  }

  @Test
  void a_tied_output_layer_that_differs_is_refused() throws IOException {
    changed(
        "v1_0",
        tensors ->
            tensors.put(
                "lm_head.weight",
                constant(renamed(tensors, "shared.weight", "lm_head.weight"), 5)));
    assertRefused("lm_head.weight differs from shared.weight");
  }

  @Test
  void the_unused_bias_of_old_files_is_ignored() throws IOException {
    String bias = "layer.0.SelfAttention.relative_attention_bias.weight";
    String unused = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";
    Path directory =
        changed(
            "v1_0",
            tensors -> tensors.put(unused, renamed(tensors, "decoder.block.0." + bias, unused)));
    assertThat(read(directory)).doesNotContainKey(unused);
  }

  @Test
  void missing_weights_are_named() throws IOException {
    changed("v1_1", tensors -> tensors.remove("lm_head.weight"));
    assertRefused("1 weights are missing: lm_head.weight");
  }

  @Test
  void unknown_weights_are_named() throws IOException {
    changed(
        "v1_0",
        tensors ->
            tensors.put(
                "classifier.weight", renamed(tensors, "shared.weight", "classifier.weight")));
    assertRefused("1 weights that this form of T5 does not know: classifier.weight");
  }

  @Test
  void another_shape_than_config_json_asks_for_is_named() throws IOException {
    changed(
        "v1_0",
        tensors ->
            tensors.put(
                "shared.weight",
                new Tensor(
                    "shared.weight",
                    List.of(1L, 16L),
                    (first, target) -> target.position(target.limit()))));
    assertRefused("shared.weight has the shape [1, 16], but config.json asks for [64, 16]");
  }

  @Test
  void bfloat16_is_widened_exactly() {
    try (SafetensorsReader reader =
        SafetensorsReader.open(Golden.resource("/golden/t5/bf16").resolve("model.safetensors"))) {
      assertThat(requireNonNull(reader.tensors().get("shared.weight")).type()).isEqualTo("BF16");
    }
    float[] values = requireNonNull(read(Golden.resource("/golden/t5/bf16")).get("shared.weight"));
    assertThat(Arrays.equals(values, new float[values.length])).isFalse();
    for (float value : values) {
      assertThat(Float.floatToRawIntBits(value) & 0xffff).isZero();
    }
  }
}
