package io.refract.train.hub;

import static io.refract.train.testing.FakeHub.COMMIT;
import static io.refract.train.testing.FakeHub.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.progress.ProgressEvent;
import io.refract.train.testing.FakeHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees of the hub, and what is in the cache afterwards. */
class ModelHubTest {

  @TempDir Path folder;
  private HubFixture fixture;
  private FakeHub server;

  @BeforeEach
  void start() throws IOException {
    fixture = new HubFixture(folder, "v1_0");
    server = fixture.server;
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void a_model_arrives_in_the_layout_that_all_hugging_face_tools_share() throws IOException {
    server.file("pytorch_model.bin", new byte[10]).file("README.md", new byte[10]);

    Path snapshot = fixture.download();

    assertThat(snapshot).isEqualTo(fixture.root.resolve("snapshots").resolve(COMMIT));
    assertThat(fixture.root.resolve("refs/main")).hasContent(COMMIT);
    for (String name : fixture.names("snapshots/" + COMMIT)) {
      byte[] content = server.content(name);
      assertThat(Files.readSymbolicLink(snapshot.resolve(name)))
          .isEqualTo(Path.of("../../blobs", FakeHub.etag(name, content)));
      assertThat(snapshot.resolve(name)).hasBinaryContent(content);
    }
    assertThat(fixture.names("snapshots/" + COMMIT))
        .containsExactly(
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "spiece.model",
            "tokenizer.json",
            "tokenizer_config.json");
    assertThat(fixture.names(".no_exist/" + COMMIT)).containsExactly("special_tokens_map.json");
    assertThat(fixture.cache.resolve("CACHEDIR.TAG")).content().startsWith("Signature: 8a477f597");
    assertThat(server.requests()).doesNotContain("GET pytorch_model.bin", "GET README.md");
  }

  @Test
  void a_cached_branch_costs_one_question_and_a_cached_commit_none() {
    Path first = fixture.download();
    server.requests().clear();

    assertThat(fixture.download()).isEqualTo(first);
    assertThat(server.requests()).containsExactly("HEAD config.json");

    server.requests().clear();
    assertThat(fixture.hub().model(ID + "@" + COMMIT).download()).isEqualTo(first);
    assertThat(fixture.hub().model(ID).revision(COMMIT).download()).isEqualTo(first);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void a_new_commit_fetches_only_what_has_changed() throws IOException {
    fixture.download();
    server.requests().clear();
    String next = "f".repeat(40);
    server.commit(next).file("generation_config.json", "{}".getBytes(StandardCharsets.UTF_8));

    Path snapshot = fixture.download();

    assertThat(snapshot).hasFileName(next);
    assertThat(fixture.root.resolve("refs/main")).hasContent(next);
    assertThat(server.requests())
        .filteredOn(request -> request.startsWith("GET"))
        .containsExactly("GET generation_config.json");
  }

  @Test
  void a_branch_may_have_a_slash() {
    fixture.hub().model(ID).revision("release/1").download();

    assertThat(fixture.root.resolve("refs/release/1")).hasContent(COMMIT);
  }

  @Test
  void shards_are_found_through_their_index() throws IOException {
    server.without("model.safetensors").files(HubFixture.resource("/golden/t5/sharded"));

    Path snapshot = fixture.download();

    assertThat(fixture.names("snapshots/" + COMMIT))
        .contains("model.safetensors.index.json", "model-00006-of-00006.safetensors");
    assertThat(snapshot.resolve("model-00003-of-00006.safetensors"))
        .hasBinaryContent(server.content("model-00003-of-00006.safetensors"));
    server.requests().clear();
    fixture.hub().model(ID).revision(COMMIT).download();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void without_links_the_snapshot_holds_the_files() throws IOException {
    fixture.environment.put("HF_HUB_DISABLE_SYMLINKS", "1");

    Path snapshot = fixture.download();

    assertThat(snapshot.resolve("model.safetensors"))
        .isRegularFile()
        .hasBinaryContent(server.content("model.safetensors"))
        .matches(file -> !Files.isSymbolicLink(file));
    assertThat(fixture.names("blobs")).isEmpty();
  }

  @Test
  void progress_counts_the_bytes_of_all_files() {
    List<ProgressEvent> events = new CopyOnWriteArrayList<>();

    fixture.hub().model(ID).progress(events::add).download();

    long total =
        fixture.server.content("model.safetensors").length
            + List.of(
                    "config.json",
                    "generation_config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "spiece.model")
                .stream()
                .mapToLong(name -> server.content(name).length)
                .sum();
    assertThat(events).allMatch(event -> event.task().equals("download " + ID));
    assertThat(events).allMatch(event -> event.total() == total && event.unit().equals("bytes"));
    assertThat(events).extracting(ProgressEvent::done).isSorted().endsWith(total);
  }

  @Test
  void offline_only_the_cache_is_used() {
    fixture.environment.put("TRANSFORMERS_OFFLINE", "1");
    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(ID)
        .hasMessageContaining("HF_HUB_OFFLINE")
        .hasMessageContaining("hf download " + ID);
    assertThat(server.requests()).isEmpty();

    fixture.environment.put("HF_HUB_OFFLINE", "0");
    Path snapshot = fixture.download();
    fixture.environment.put("HF_HUB_OFFLINE", "yes");
    server.requests().clear();

    assertThat(fixture.download()).isEqualTo(snapshot);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void a_cached_model_works_without_the_server_and_another_is_refused_at_once() {
    Path snapshot = fixture.download();
    server.close();

    assertThat(fixture.download()).isEqualTo(snapshot);
    assertThatThrownBy(() -> fixture.hub().model("refract/other").download())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("there is no connection to " + server.address());
    assertThat(fixture.pauses).isEmpty();
  }

  @Test
  void a_cached_model_also_works_while_the_server_is_broken() {
    Path snapshot = fixture.download();
    server.fault("HEAD config.json", FakeHub.status(503));

    assertThat(fixture.download()).isEqualTo(snapshot);
  }

  @Test
  void a_missing_revision_is_an_answer_also_when_it_is_cached() throws IOException {
    fixture.download();
    Files.writeString(fixture.root.resolve("refs/gone"), COMMIT);

    assertThatThrownBy(() -> fixture.hub().model(ID).revision("gone").download())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("'" + ID + "' at revision 'gone'")
        .hasMessageContaining("no such branch, tag or commit");
  }

  @Test
  void a_missing_model_is_named() {
    assertThatThrownBy(() -> fixture.hub().model("refract/other").download())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("'refract/other'")
        .hasMessageContaining("no public model of that name")
        .hasMessageContaining("set HF_TOKEN");
  }

  @Test
  void a_gated_model_names_the_page_of_its_terms() {
    server.fault("HEAD config.json", FakeHub.status(403, "X-Error-Code", "GatedRepo"));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(server.address() + "/" + ID + ",")
        .hasMessageContaining("HF_TOKEN");
  }

  @Test
  void a_bad_token_is_told_and_never_shown() {
    String secret = "hf_" + "x".repeat(20);
    String remark = "Invalid credentials in Authorization header: " + secret;
    server.fault("HEAD config.json", FakeHub.status(401, "X-Error-Message", remark));
    server.fault("HEAD config.json", FakeHub.status(403, "X-Error-Message", remark));
    ModelHub hub = fixture.hub().token(secret);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> hub.model(ID).download())
          .isInstanceOf(HubException.class)
          .hasMessageContaining("HF_TOKEN")
          .hasMessageNotContaining(secret);
    }
    assertThat(hub.toString() + hub.model(ID)).doesNotContain(secret);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fixture.hub().token(secret + "\n"))
        .satisfies(failure -> assertThat(failure).hasMessageNotContaining(secret));
  }

  @Test
  void the_token_is_sent_to_the_hub_and_not_to_where_it_redirects() throws IOException {
    fixture.environment.put("HF_TOKEN_PATH", folder.resolve("token").toString());
    Files.writeString(folder.resolve("token"), "hf_of_file\n");

    fixture.download();

    assertThat(server.tokens()).isNotEmpty().containsOnly("Bearer hf_of_file");
    assertThat(server.requests()).contains("GET model.safetensors");
    assertThat(server.storageTokens()).isEmpty();
  }

  @Test
  void the_variable_goes_before_the_file_and_both_can_be_switched_off() throws IOException {
    fixture.environment.put("HF_HOME", folder.toString());
    fixture.environment.put("HF_TOKEN", "hf_of_variable");
    Files.writeString(folder.resolve("token"), "hf_of_file\n");
    fixture.download();
    assertThat(server.tokens()).containsOnly("Bearer hf_of_variable");

    server.tokens().clear();
    fixture.environment.put("HF_HUB_DISABLE_IMPLICIT_TOKEN", "true");
    fixture.download();
    assertThat(server.tokens()).isEmpty();
  }

  @Test
  void a_pickle_is_refused_and_never_fetched() {
    server.without("model.safetensors").file("pytorch_model.bin", new byte[10]);

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("pytorch_model.bin only, a pickle")
        .hasMessageContaining("save_pretrained");
    assertThat(server.requests()).noneMatch(request -> request.startsWith("GET"));
  }

  @Test
  void a_missing_tokenizer_is_found_before_the_weights_are_downloaded() {
    server.without("tokenizer.json");

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("it has no tokenizer.json");
    assertThat(server.requests()).noneMatch(request -> request.startsWith("GET"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../outside.safetensors",
        "/tmp/outside.safetensors",
        "..\\\\outside.safetensors",
        "C:outside.safetensors",
        "sub/outside.safetensors",
        "outside.bin",
        ".safetensors"
      })
  void hostile_names_of_shards_write_nothing(String name) throws IOException {
    String index = "{\"weight_map\": {\"shared.weight\": \"" + name + "\"}}";
    server
        .without("model.safetensors")
        .file("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("is not a plain name");
    assertThat(fixture.root.resolve("refs")).doesNotExist();
    assertThat(server.requests()).noneMatch(request -> request.contains("outside"));
  }

  @Test
  void hostile_marks_and_commits_write_nothing() {
    server.etag("config.json", "../../outside");
    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("no usable ETag");

    server.commit("../../../outside");
    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("names no commit");
    assertThat(fixture.cache).doesNotExist();
  }

  @Test
  void a_server_that_is_no_hub_is_told() {
    server.fault("HEAD config.json", FakeHub.status(200));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("not that of a Hugging Face hub")
        .hasMessageContaining("HF_ENDPOINT");
  }

  @Test
  void a_renamed_model_is_followed_on_the_hub_only() {
    assertThat(fixture.hub().model(FakeHub.OLD_ID).download()).hasFileName(COMMIT);
  }

  @Test
  void a_redirection_that_is_no_address_is_a_failure_of_the_hub() {
    server.fault("HEAD config.json", FakeHub.status(307, "Location", "/a b"));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("it redirects to an address that cannot be followed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a b", "../x", "a/b/c", "a--b", "x.git", "-a", "a@", "a@../b", "a@b..c", "a@/b"
      })
  void what_is_no_id_is_refused(String id) {
    assertThat(ModelHub.isModelId(id)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> fixture.hub().model(id));
  }

  @Test
  void the_cache_is_where_the_variables_say() {
    Path home = folder.resolve("home");
    assertThat(settings().cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(settings("XDG_CACHE_HOME", "/x").cache()).isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(settings("XDG_CACHE_HOME", "/x", "HF_HOME", "~/h").cache())
        .isEqualTo(home.resolve("h/hub"));
    assertThat(settings("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old").cache())
        .isEqualTo(Path.of("/old"));
    assertThat(settings("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/new").cache())
        .isEqualTo(Path.of("/new"));
    assertThat(settings().endpoint()).isEqualTo("https://huggingface.co");
    assertThat(settings("HF_HUB_ETAG_TIMEOUT", "3").metadataTimeout()).hasSeconds(3);
    assertThat(settings("HF_HUB_DOWNLOAD_TIMEOUT", "4").downloadTimeout()).hasSeconds(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings("HF_HUB_ETAG_TIMEOUT", "soon"))
        .withMessageContaining("HF_HUB_ETAG_TIMEOUT")
        .withMessageContaining("'soon'");
    assertThatIllegalArgumentException().isThrownBy(() -> settings("HF_ENDPOINT", "ftp://x"));
    // The JDK sends no request to such a host.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings("HF_ENDPOINT", "http://my_mirror:8080"))
        .withMessageContaining("must name a host of letters, digits, hyphens and full stops");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings("HF_ENDPOINT", "http://mirror/{hub}"));
  }

  private HubSettings settings(String... variables) {
    java.util.Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.of(environment, folder.resolve("home"));
  }
}
