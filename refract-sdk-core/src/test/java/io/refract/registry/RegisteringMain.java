package io.refract.registry;

import java.nio.file.Path;

/** The main class of a child JVM: registers versions, and moves each of them to PRODUCTION. */
final class RegisteringMain {

  private RegisteringMain() {}

  /** Arguments: directory, model name, name of this writer, how many versions. */
  public static void main(String[] arguments) {
    ModelRegistry registry = ModelRegistry.at(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[3]);
    for (int i = 0; i < count; i++) {
      ModelVersion version =
          Registrations.of(registry, arguments[1], arguments[2] + "-" + i)
              .by(arguments[2])
              .commit();
      registry.promote(version).to(LifecycleStage.PRODUCTION).by(arguments[2]).commit();
      System.out.println(version.number());
    }
  }
}
