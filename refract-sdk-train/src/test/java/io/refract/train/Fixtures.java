package io.refract.train;

import static java.util.Objects.requireNonNull;

import io.refract.train.optim.Objective;
import io.refract.train.t5.T5Config;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Small models and texts that several tests use. */
final class Fixtures {

  private Fixtures() {}

  /** Returns a resource of the tests as a path. */
  static Path path(String resource) {
    try {
      return Path.of(requireNonNull(Fixtures.class.getResource(resource), resource).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(resource, e);
    }
  }

  /** Returns a directory with a tokenizer of 310 tokens. */
  static Path tokenizer() {
    return path("/io/refract/train/tokenization/t5");
  }

  /** Copies the files of a directory; those that are there already stay. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!Files.exists(to.resolve(file.getFileName()))) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  /** Makes a gated, untied model with one layer on each side, which learns in seconds. */
  static T5Model tinyModel(double dropout, long seed) {
    return tinyModel(false, dropout, seed);
  }

  /** Makes a gated model with one layer on each side. */
  static T5Model tinyModel(boolean tied, double dropout, long seed) {
    T5Config config =
        new T5Config(
            "t5",
            320,
            32,
            8,
            64,
            1,
            1,
            4,
            32,
            128,
            dropout,
            1e-6,
            1.0,
            "gated-gelu",
            tied,
            0,
            List.of(1),
            0,
            Map.of());
    return T5Model.create(config, tokenizer(), seed);
  }

  /** Returns all of a network as the training loop sees it, without dropout. */
  static TeacherForced teacherForced(T5Network network) {
    return TeacherForced.of(network, 0.0, Objective.CROSS_ENTROPY, FrozenParameters.NONE);
  }
}
