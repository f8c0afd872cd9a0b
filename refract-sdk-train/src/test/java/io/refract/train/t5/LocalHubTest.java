package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalHubTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  private Path cached(Path cache) throws IOException {
    Path repository = cache.resolve("models--google-t5--t5-small");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), COMMIT + "\n");
    Files.writeString(snapshot.resolve("config.json"), "{}");
    return snapshot;
  }

  private LocalHub hub(Map<String, String> environment) {
    return new LocalHub(environment, folder);
  }

  @Test
  void the_cache_is_looked_for_in_the_order_of_the_variables() throws IOException {
    Path home = cached(folder.resolve(".cache/huggingface/hub"));
    Path shared = cached(folder.resolve("xdg/huggingface/hub"));
    Path own = cached(folder.resolve("own/hub"));
    Path old = cached(folder.resolve("old"));
    Path hub = cached(folder.resolve("hub"));
    Map<String, String> xdg = Map.of("XDG_CACHE_HOME", folder.resolve("xdg").toString());
    Map<String, String> hfHome =
        Map.of("HF_HOME", folder.resolve("own").toString(), "XDG_CACHE_HOME", "x");
    Map<String, String> legacy =
        Map.of("HUGGINGFACE_HUB_CACHE", folder.resolve("old").toString(), "HF_HOME", "x");
    Map<String, String> hubCache =
        Map.of("HF_HUB_CACHE", folder.resolve("hub").toString(), "HUGGINGFACE_HUB_CACHE", "x");
    assertThat(hub(Map.of()).directoryOf("google-t5/t5-small")).isEqualTo(home);
    assertThat(hub(xdg).directoryOf("google-t5/t5-small")).isEqualTo(shared);
    assertThat(hub(hfHome).directoryOf("google-t5/t5-small")).isEqualTo(own);
    assertThat(hub(legacy).directoryOf("google-t5/t5-small")).isEqualTo(old);
    assertThat(hub(hubCache).directoryOf("google-t5/t5-small")).isEqualTo(hub);
  }

  @Test
  void a_directory_goes_before_a_hub_id() {
    assertThat(hub(Map.of()).directoryOf(folder.toString())).isEqualTo(folder);
  }

  @Test
  void a_model_that_is_not_cached_is_refused_with_what_to_do() {
    assertThatThrownBy(() -> hub(Map.of()).directoryOf("google/flan-t5-small"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("hf download google/flan-t5-small");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/no/such/dir", "a/b/c", "a b", "", "a/..", "a\u0000b"})
  void what_is_no_hub_id_never_reaches_the_cache(String name) {
    assertThatThrownBy(() -> hub(Map.of()).directoryOf(name))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no such directory");
  }

  @Test
  void a_reference_that_is_no_commit_is_refused() throws IOException {
    Path snapshot = cached(folder.resolve(".cache/huggingface/hub"));
    Files.writeString(snapshot.resolve("../../refs/main"), "../../../etc");
    assertThatThrownBy(() -> hub(Map.of()).directoryOf("google-t5/t5-small"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("does not hold a commit");
  }

  @Test
  void an_incomplete_snapshot_is_refused() throws IOException {
    Path snapshot = cached(folder.resolve(".cache/huggingface/hub"));
    Files.delete(snapshot.resolve("config.json"));
    assertThatThrownBy(() -> hub(Map.of()).directoryOf("google-t5/t5-small"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("not complete");
  }
}
