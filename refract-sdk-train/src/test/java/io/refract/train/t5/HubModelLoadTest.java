package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.artifact.ArtifactManifest;
import io.refract.provenance.CheckpointProvenance;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.hub.HubModel;
import io.refract.train.hub.ModelHub;
import io.refract.train.testing.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the id of a model to its weights, and to what a training writes down of them. */
class HubModelLoadTest {

  @TempDir Path folder;

  private HubModel model(FakeHub hub, String checkpoint) throws IOException {
    hub.files(Golden.resource("/io/refract/train/tokenization/t5"));
    hub.files(Golden.resource("/golden/training/" + checkpoint));
    return ModelHub.ofEnvironment()
        .endpoint(hub.address())
        .cache(folder.resolve("cache"))
        .offline(false)
        .model(FakeHub.ID);
  }

  @Test
  void a_model_of_the_hub_knows_its_id_commit_and_digest() throws IOException {
    try (FakeHub hub = new FakeHub();
        T5Model t5 = T5Model.load(model(hub, "v1_1"))) {
      String name = "model.safetensors";
      assertThat(t5.checkpoint())
          .contains(
              new CheckpointProvenance(
                  FakeHub.ID + "@" + FakeHub.COMMIT, FakeHub.etag(name, hub.content(name))));
    }
  }

  @Test
  void the_digest_of_shards_is_that_of_their_manifest() throws IOException {
    Path shards = Files.createDirectory(folder.resolve("shards"));
    try (Stream<Path> files = Files.list(Golden.resource("/golden/t5/sharded"))) {
      for (Path file : files.filter(f -> f.toString().contains("model-0")).toList()) {
        Files.copy(file, shards.resolve(file.getFileName()));
      }
    }
    assertThat(LoadedCheckpoint.of(shards).provenance().sha256())
        .isEqualTo(ArtifactManifest.of(shards).digest());
  }

  @Test
  void a_directory_is_named_by_its_path_and_a_new_model_by_nothing() throws IOException {
    Path directory = folder.resolve("mine");
    Path tokenizer = Golden.resource("/io/refract/train/tokenization/t5");
    T5Config config = T5Config.load(Golden.resource("/golden/training/v1_0"));
    try (T5Model fresh = T5Model.create(config, tokenizer, 1)) {
      assertThat(fresh.checkpoint()).isEmpty();
      fresh.save(directory);
    }
    try (T5Model t5 = T5Model.load(directory.toString())) {
      assertThat(t5.checkpoint().orElseThrow().name()).isEqualTo(directory.toString());
    }
  }

  @Test
  void files_that_changed_after_loading_are_not_vouched_for() throws IOException {
    Path directory = folder.resolve("mine");
    Path tokenizer = Golden.resource("/io/refract/train/tokenization/t5");
    T5Config config = T5Config.load(Golden.resource("/golden/training/v1_0"));
    try (T5Model fresh = T5Model.create(config, tokenizer, 1)) {
      fresh.save(directory);
    }
    try (T5Model t5 = T5Model.load(directory)) {
      Files.write(directory.resolve("model.safetensors"), new byte[1], StandardOpenOption.APPEND);

      assertThatThrownBy(t5::checkpoint)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("have changed since");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/no/such/dir", "a/b/c", "a b", "", "a/..", "a\u0000b"})
  void what_is_neither_directory_nor_id_never_reaches_the_hub(String name) {
    assertThatThrownBy(() -> T5Model.load(name))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no such directory");
  }
}
