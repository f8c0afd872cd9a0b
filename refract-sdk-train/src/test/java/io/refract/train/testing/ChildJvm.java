package io.refract.train.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a main class of the tests in a JVM of its own.
 *
 * @param status the exit status
 * @param output all that it printed
 */
public record ChildJvm(int status, String output) {

  /**
   * Runs a program to its end.
   *
   * @param main the class with the main method
   * @param classPathEntries which entries of this JVM's class path it sees
   * @param options of the JVM, for example {@code -Xmx64m}
   * @param arguments of the program
   */
  public static ChildJvm run(
      Class<?> main, Predicate<String> classPathEntries, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    return run(builder(main, classPathEntries, options, arguments));
  }

  /**
   * Runs a program to its end, with the class path of this JVM.
   *
   * @param environment variables that it has besides those of this JVM
   */
  public static ChildJvm runWith(
      Map<String, String> environment, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = builder(main, entry -> true, List.of(), arguments);
    builder.environment().putAll(environment);
    return run(builder);
  }

  private static ChildJvm run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process child = builder.redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    return new ChildJvm(child.waitFor(), output);
  }

  /** Starts a program. Its output is for the caller to read; errors go where this JVM's go. */
  public static Process start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    return builder(main, entry -> true, options, arguments)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static ProcessBuilder builder(
      Class<?> main, Predicate<String> entries, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            classPath(main).filter(entries).collect(Collectors.joining(File.pathSeparator)),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
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
              .flatMap(
                  name -> Stream.of(System.getProperty(name, "").split(File.pathSeparator, -1)))
              .filter(entry -> !entry.isEmpty()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
