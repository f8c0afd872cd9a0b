package io.refract.train.hub;

import static java.util.Objects.requireNonNull;

import io.refract.train.testing.FakeHub;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A hub with a tiny T5 and an empty cache; nobody waits between attempts. */
final class HubFixture implements AutoCloseable {

  final FakeHub server = new FakeHub();
  final Path cache;
  final Path root;
  final Map<String, String> environment = new HashMap<>();
  final List<Duration> pauses = new CopyOnWriteArrayList<>();

  HubFixture(Path folder, String checkpoint) throws IOException {
    server.files(resource("/golden/t5/" + checkpoint));
    Path tokenizer = resource("/io/refract/train/tokenization/t5");
    for (String name : List.of("tokenizer.json", "tokenizer_config.json", "spiece.model")) {
      server.file(name, Files.readAllBytes(tokenizer.resolve(name)));
    }
    cache = folder.resolve("cache");
    root = cache.resolve("models--refract--tiny");
    environment.put("HF_ENDPOINT", server.address() + "/");
    environment.put("HF_HUB_CACHE", cache.toString());
  }

  static Path resource(String name) {
    try {
      return Path.of(requireNonNull(HubFixture.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  ModelHub hub() {
    return ModelHub.of(environment, cache, pauses::add);
  }

  Path download() {
    return hub().model(FakeHub.ID).download();
  }

  /** Returns the names of the files in a directory of the model. */
  Set<String> names(String directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  @Override
  public void close() {
    server.close();
  }
}
