package io.refract.train.hub;

import static io.refract.train.testing.FakeHub.COMMIT;
import static io.refract.train.testing.FakeHub.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.testing.FakeHub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break, servers that lie, and others that download the same. */
class DownloadFaultsTest {

  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;
  private HubFixture fixture;
  private FakeHub server;
  private byte[] content;

  @BeforeEach
  void start() throws IOException {
    fixture = new HubFixture(folder, "v1_0");
    server = fixture.server;
    content = server.content(WEIGHTS);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void assertComplete() throws IOException {
    Path snapshot = fixture.root.resolve("snapshots").resolve(COMMIT);
    assertThat(snapshot.resolve(WEIGHTS)).hasBinaryContent(content);
    assertThat(fixture.names("blobs")).noneMatch(name -> name.endsWith(".incomplete"));
  }

  private Path part(String mark, byte[] bytes) throws IOException {
    Files.createDirectories(fixture.root.resolve("blobs"));
    String name = FakeHub.etag(WEIGHTS, content) + "." + mark + ".incomplete";
    return Files.write(fixture.root.resolve("blobs").resolve(name), bytes);
  }

  @Test
  void a_cut_connection_is_continued_where_it_broke() throws IOException {
    server.fault("GET " + WEIGHTS, server.cutAfter(WEIGHTS, 30_000));

    fixture.download();

    assertThat(server.requests()).contains("GET " + WEIGHTS);
    assertThat(server.requests()).anyMatch(request -> request.startsWith("GET " + WEIGHTS + " b"));
    assertThat(fixture.pauses).hasSize(1);
    assertComplete();
  }

  @Test
  void what_a_killed_process_left_is_continued() throws IOException {
    part("5df70001", Arrays.copyOf(content, 40_000));

    fixture.download();

    assertThat(server.requests())
        .contains("GET " + WEIGHTS + " bytes=40000-")
        .doesNotContain("GET " + WEIGHTS);
    assertComplete();
  }

  @Test
  void damaged_leftovers_are_thrown_away() throws IOException {
    part("5df70001", new byte[40_000]);

    fixture.download();

    assertThat(server.requests()).contains("GET " + WEIGHTS + " bytes=40000-", "GET " + WEIGHTS);
    assertComplete();
  }

  @Test
  void leftovers_that_are_too_long_are_not_used() throws IOException {
    part("5df70001", new byte[content.length + 1]);

    fixture.download();

    assertThat(server.requests()).contains("GET " + WEIGHTS);
    assertComplete();
  }

  @Test
  void unfinished_files_of_other_tools_are_left_alone() throws IOException {
    Path other = part("0a1b2c3d", new byte[] {1, 2, 3});

    fixture.download();

    assertThat(other).hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(server.requests()).contains("GET " + WEIGHTS);
  }

  @Test
  void a_file_in_use_is_not_taken_over() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs"));
    try (PartFile running = PartFile.create(blobs, "abc")) {
      running.append(ByteBuffer.wrap(new byte[10]));

      try (PartFile second = PartFile.claim(blobs, "abc")) {
        assertThat(second.path()).isNotEqualTo(running.path());
        assertThat(second.size()).isZero();
      }
      assertThat(running.path()).hasSize(10);
    }
    try (PartFile third = PartFile.claim(blobs, "abc")) {
      assertThat(third.size()).isEqualTo(10);
    }
  }

  @Test
  void a_server_that_ignores_the_range_starts_anew() throws IOException {
    part("5df70001", Arrays.copyOf(content, 40_000));
    server.fault(
        "GET " + WEIGHTS,
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          return true;
        });

    fixture.download();

    assertComplete();
  }

  @Test
  void a_range_that_the_server_refuses_starts_anew() throws IOException {
    part("5df70001", Arrays.copyOf(content, 40_000));
    server.fault("GET " + WEIGHTS, FakeHub.status(416));

    fixture.download();

    assertComplete();
  }

  @Test
  void wrong_bytes_are_fetched_once_more() throws IOException {
    server.fault("GET " + WEIGHTS, server.damaged(WEIGHTS));
    server.fault("GET tokenizer.json", server.damaged("tokenizer.json"));

    fixture.download();

    assertComplete();
  }

  @ParameterizedTest
  @ValueSource(strings = {WEIGHTS, "config.json"})
  void bytes_that_stay_wrong_are_refused_and_not_kept(String name) throws IOException {
    server.fault("GET " + name, server.damaged(name)).fault("GET " + name, server.damaged(name));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(name + " arrived twice with the digest")
        .hasMessageContaining(FakeHub.etag(name, server.content(name)));
    assertThat(fixture.names("blobs")).noneMatch(blob -> blob.endsWith(".incomplete"));
    assertThat(fixture.root.resolve("refs")).doesNotExist();
  }

  @Test
  void more_bytes_than_listed_never_pile_up() {
    for (int i = 0; i < Pauses.ATTEMPTS; i++) {
      server.fault(
          "GET " + WEIGHTS,
          exchange -> {
            byte[] more = Arrays.copyOf(content, content.length + 1);
            exchange.sendResponseHeaders(200, more.length);
            exchange.getResponseBody().write(more);
            return true;
          });
    }

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("more bytes arrived than the hub lists");
  }

  @Test
  void a_mirror_with_marks_of_its_own_is_checked_by_size() throws IOException {
    server.etag(WEIGHTS, "mirror-1");

    fixture.download();

    assertThat(fixture.root.resolve("blobs/mirror-1")).hasBinaryContent(content);
  }

  @Test
  void a_busy_server_is_asked_again_after_the_time_it_names() throws IOException {
    server
        .fault("HEAD config.json", FakeHub.status(429, "Retry-After", "7"))
        .fault("HEAD config.json", FakeHub.status(429, "RateLimit", "\"resolvers\";r=0;t=9"))
        .fault("GET " + WEIGHTS, FakeHub.status(503, "Retry-After", "8"));

    fixture.download();

    assertThat(fixture.pauses)
        .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(9), Duration.ofSeconds(8));
    assertComplete();
  }

  @Test
  void a_server_that_stays_busy_is_given_up() {
    for (int i = 0; i < Pauses.ATTEMPTS; i++) {
      server.fault("HEAD config.json", FakeHub.status(500));
    }

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("config.json failed 5 time(s), at last with: status 500");
    assertThat(fixture.pauses).hasSize(4).isSorted();
  }

  @Test
  void a_very_long_pause_is_not_waited_for() {
    server.fault("HEAD config.json", FakeHub.status(429, "Retry-After", "3600"));

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("status 429");
    assertThat(fixture.pauses).isEmpty();
  }

  @Test
  void a_server_that_falls_silent_in_a_body_is_left() throws IOException {
    fixture.environment.put("HF_HUB_DOWNLOAD_TIMEOUT", "1");
    CountDownLatch done = new CountDownLatch(1);
    server.fault(
        "GET " + WEIGHTS,
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 20_000);
          exchange.getResponseBody().flush();
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        });

    fixture.download();
    done.countDown();

    assertThat(server.requests()).contains("GET " + WEIGHTS + " bytes=20000-");
    assertComplete();
  }

  @Test
  void four_threads_download_the_same_model_at_once() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> download = fixture::download;
      List<Future<Path>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(threads.submit(download));
      }
      for (Future<Path> result : results) {
        assertThat(result.get()).hasFileName(COMMIT);
      }
    } finally {
      threads.shutdownNow();
    }
    assertComplete();
  }

  @Test
  void an_interrupted_thread_stops_and_keeps_its_flag() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(fixture::download)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void a_cache_that_cannot_be_written_is_named() throws IOException {
    Files.writeString(fixture.cache, "a file");

    assertThatThrownBy(() -> fixture.hub().model(ID).download())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("cannot be written")
        .hasMessageContaining("HF_HUB_CACHE");
  }
}
