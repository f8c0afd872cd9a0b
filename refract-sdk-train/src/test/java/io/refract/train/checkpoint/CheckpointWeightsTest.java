package io.refract.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.checkpoint.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointWeightsTest {

  @TempDir Path folder;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(folder.resolve("model"));
  }

  private static void write(Path file, String tensor) {
    SafetensorsWriter.write(
        file,
        List.of(new Tensor(tensor, List.of(1L), (first, target) -> target.putFloat(1))),
        Map.of());
  }

  private void index(String map) throws IOException {
    Files.writeString(
        directory.resolve(CheckpointWeights.INDEX_FILE), "{\"weight_map\":{" + map + "}}");
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> CheckpointWeights.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void shards_are_read_as_one() throws IOException {
    write(directory.resolve("1.safetensors"), "a");
    write(directory.resolve("2.safetensors"), "b");
    index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"");
    try (CheckpointWeights weights = CheckpointWeights.open(directory)) {
      assertThat(weights.tensors()).containsOnlyKeys("a", "b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.safetensors", "/x.safetensors", "..", "", "a/b", "a\\\\b", "C:x"})
  void a_shard_outside_of_the_directory_is_refused(String name) throws IOException {
    write(folder.resolve("x.safetensors"), "a");
    index("\"a\":\"" + name + "\"");
    assertRefused("not the plain name");
  }

  @Test
  void a_missing_shard_is_named() throws IOException {
    index("\"a\":\"1.safetensors\"");
    assertRefused("the shard 1.safetensors");
  }

  @Test
  void a_tensor_that_is_not_in_its_shard_is_named() throws IOException {
    write(directory.resolve("1.safetensors"), "a");
    index("\"a\":\"1.safetensors\",\"b\":\"1.safetensors\"");
    assertRefused("tensor 'b' is in 1.safetensors");
  }

  @Test
  void a_tensor_in_two_shards_is_refused() throws IOException {
    write(directory.resolve("1.safetensors"), "a");
    write(directory.resolve("2.safetensors"), "a");
    index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"");
    assertRefused("stored twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"weight_map\":1}", "{\"weight_map\":{\"a\":{}}}", "{"})
  void a_damaged_index_is_refused(String content) throws IOException {
    Files.writeString(directory.resolve(CheckpointWeights.INDEX_FILE), content);
    assertRefused("shard index");
  }

  @Test
  void a_pickle_is_never_loaded_and_the_message_says_what_to_do() throws IOException {
    Files.write(directory.resolve("pytorch_model.bin"), new byte[] {1});
    assertRefused("save_pretrained(NEW_DIR, safe_serialization=True)");
  }

  @Test
  void a_directory_without_weights_is_refused() {
    assertRefused("there is neither model.safetensors nor model.safetensors.index.json");
  }
}
