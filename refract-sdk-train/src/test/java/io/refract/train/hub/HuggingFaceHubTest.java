package io.refract.train.hub;

import static io.refract.train.testing.FakeHub.COMMIT;
import static io.refract.train.testing.FakeHub.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.testing.TransformersPython;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same cache under huggingface_hub 0.36.2 and transformers 4.57.6. */
class HuggingFaceHubTest {

  @TempDir Path folder;

  @Test
  void python_loads_offline_what_the_sdk_has_downloaded() throws Exception {
    TransformersPython python = TransformersPython.require(4);
    try (HubFixture fixture = new HubFixture(folder, "v1_0")) {
      fixture.download();
      fixture.server.requests().clear();

      python.run("hub_cache.py", "read", fixture.server.address(), fixture.cache.toString());

      assertThat(fixture.server.requests()).isEmpty();
    }
  }

  @Test
  void the_sdk_uses_without_a_request_what_python_has_downloaded() throws Exception {
    TransformersPython python = TransformersPython.require(4);
    try (HubFixture fixture = new HubFixture(folder, "v1_0")) {
      python.run("hub_cache.py", "fill", fixture.server.address(), fixture.cache.toString());
      assertThat(fixture.server.requests()).contains("GET model.safetensors");
      fixture.server.requests().clear();

      Path pinned = fixture.hub().model(ID).revision(COMMIT).download();
      Path offline = fixture.hub().offline(true).model(ID).download();

      assertThat(pinned).isEqualTo(offline).hasFileName(COMMIT);
      assertThat(fixture.server.requests()).isEmpty();
    }
  }
}
