package io.refract.train.hub;

import io.refract.train.testing.FakeHub;
import java.nio.file.Path;
import java.util.Map;

/** Downloads a model in a process of its own, and prints how far its weights are. */
final class HubDownloadMain {

  private HubDownloadMain() {}

  public static void main(String[] arguments) {
    ModelHub.of(
            Map.of(
                "HF_ENDPOINT", arguments[0],
                "HF_HUB_CACHE", arguments[1],
                "HF_HUB_DOWNLOAD_TIMEOUT", "600"),
            Path.of(arguments[1]),
            Pauses.real())
        .model(FakeHub.ID)
        .progress(event -> System.out.println(event.note() + " " + event.done()))
        .download();
  }
}
