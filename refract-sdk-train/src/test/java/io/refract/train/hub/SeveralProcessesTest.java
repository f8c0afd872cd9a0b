package io.refract.train.hub;

import static io.refract.train.testing.FakeHub.COMMIT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process has downloaded a part of the weights, and is still there, or is not. */
class SeveralProcessesTest {

  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;
  private final CountDownLatch goOn = new CountDownLatch(1);
  private HubFixture fixture;
  private Process other;

  @BeforeEach
  void start_another_process_whose_download_stands_still() throws IOException {
    fixture = new HubFixture(folder, "v1_0");
    byte[] content = fixture.server.content(WEIGHTS);
    fixture.server.fault(
        "GET " + WEIGHTS,
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 20_000);
          exchange.getResponseBody().flush();
          await(goOn);
          exchange.getResponseBody().write(content, 20_000, content.length - 20_000);
          return true;
        });
    other =
        ChildJvm.start(
            HubDownloadMain.class,
            List.of("-XX:TieredStopAtLevel=1"),
            fixture.server.address(),
            fixture.cache.toString());
    BufferedReader output =
        new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8));
    String empty = nextOfWeights(output);
    assertThat(nextOfWeights(output)).isNotEqualTo(empty);
  }

  private static String nextOfWeights(BufferedReader output) throws IOException {
    String line = "";
    while (!line.startsWith(WEIGHTS)) {
      line = Objects.requireNonNull(output.readLine(), "the process ended too early");
    }
    return line;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    other.destroyForcibly();
    goOn.countDown();
    fixture.close();
  }

  @Test
  void the_file_of_a_living_process_is_not_touched_and_both_succeed() throws Exception {
    fixture.server.requests().clear();

    fixture.download();

    assertThat(fixture.server.requests()).contains("GET " + WEIGHTS);
    assertThat(fixture.names("blobs")).filteredOn(this::isPart).hasSize(1);
    goOn.countDown();
    assertThat(other.waitFor()).isZero();
    assertComplete();
  }

  @Test
  void what_a_killed_process_has_downloaded_is_not_downloaded_again() throws Exception {
    other.destroyForcibly().waitFor();
    fixture.server.requests().clear();

    fixture.download();

    assertThat(fixture.server.requests())
        .anyMatch(request -> request.startsWith("GET " + WEIGHTS + " bytes="))
        .doesNotContain("GET " + WEIGHTS);
    assertComplete();
  }

  private void assertComplete() throws IOException {
    assertThat(fixture.root.resolve("snapshots").resolve(COMMIT).resolve(WEIGHTS))
        .hasBinaryContent(fixture.server.content(WEIGHTS));
    assertThat(fixture.names("blobs")).noneMatch(this::isPart);
  }

  private boolean isPart(String name) {
    return name.endsWith(".incomplete");
  }
}
