package io.refract.registry;

import static io.refract.registry.LifecycleStage.PRODUCTION;

import io.refract.scoring.Scorer;
import io.refract.scoring.WeightFormat;
import java.nio.file.Path;
import java.util.List;

/** The main class of a fresh JVM: scores with what is registered, and prints the outputs. */
final class ScoringMain {

  private ScoringMain() {}

  /** Arguments: directory, model name; PRODUCTION, FOREIGN, ALL or a format for all; inputs. */
  public static void main(String[] arguments) {
    ModelRegistry registry = ModelRegistry.at(Path.of(arguments[0]));
    List<String> inputs = List.of(arguments).subList(3, arguments.length);
    List<ModelVersion> versions = registry.versions(arguments[1]);
    switch (arguments[2]) {
      case "PRODUCTION" -> print(registry.scorer(arguments[1], PRODUCTION), inputs);
      case "FOREIGN" -> {
        // As on a thread of the common pool, in an application that was packed into one jar.
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        print(registry.scorer(arguments[1], PRODUCTION), inputs);
      }
      case "ALL" -> versions.forEach(version -> print(registry.scorer(version), inputs));
      default -> {
        WeightFormat format = WeightFormat.of(arguments[2]);
        versions.forEach(version -> print(registry.scorer(version, format), inputs));
      }
    }
  }

  private static void print(Scorer<String, String> opened, List<String> inputs) {
    try (opened) {
      opened.scoreAll(inputs).forEach(System.out::println);
    }
  }
}
