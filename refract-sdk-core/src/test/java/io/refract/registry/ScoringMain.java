package io.refract.registry;

import io.refract.scoring.Scorer;
import java.nio.file.Path;
import java.util.List;

/** The main class of a fresh JVM: scores with what is registered, and prints the outputs. */
final class ScoringMain {

  private ScoringMain() {}

  /** Arguments: directory, model name, PRODUCTION or ALL, inputs. */
  public static void main(String[] arguments) {
    ModelRegistry registry = ModelRegistry.at(Path.of(arguments[0]));
    List<String> inputs = List.of(arguments).subList(3, arguments.length);
    if (arguments[2].equals("ALL")) {
      registry.versions(arguments[1]).forEach(version -> print(registry.scorer(version), inputs));
    } else {
      print(registry.scorer(arguments[1], LifecycleStage.PRODUCTION), inputs);
    }
  }

  private static void print(Scorer<String, String> opened, List<String> inputs) {
    try (opened) {
      opened.scoreAll(inputs).forEach(System.out::println);
    }
  }
}
