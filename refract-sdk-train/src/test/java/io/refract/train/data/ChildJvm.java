package io.refract.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a main class of the tests in a JVM of its own.
 *
 * @param status the exit status
 * @param output all that it printed
 */
record ChildJvm(int status, String output) {

  static ChildJvm run(
      Class<?> main, Predicate<String> classPathEntries, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            classPath(main)
                .filter(classPathEntries)
                .collect(Collectors.joining(File.pathSeparator)),
            main.getName()));
    command.addAll(List.of(arguments));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    return new ChildJvm(child.waitFor(), output);
  }

  /** Surefire runs the tests on the module path; the child takes all of it as class path. */
  private static Stream<String> classPath(Class<?> main) {
    try {
      String classes =
          Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
      String tests = Path.of("target", "test-classes").toAbsolutePath().toString();
      return Stream.concat(
          Stream.of(tests, classes),
          Stream.of("java.class.path", "jdk.module.path", "surefire.test.class.path")
              .flatMap(name -> Stream.of(System.getProperty(name, "").split(File.pathSeparator)))
              .filter(entry -> !entry.isEmpty()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
