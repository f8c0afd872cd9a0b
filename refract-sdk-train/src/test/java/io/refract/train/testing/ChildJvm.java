package io.refract.train.testing;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Starts other JVMs with the classes of this one, all of them on the class path. */
public final class ChildJvm {

  private ChildJvm() {}

  /**
   * Starts a program. Its standard output is for the caller to read; errors go where this JVM's go.
   *
   * @param main the class with the main method
   * @param options of the JVM, for example {@code -Xmx64m}
   * @param arguments of the program
   */
  public static Process start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(main), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "1");
    return builder.start();
  }

  /** Surefire may have put the classes on the module path, on the class path, or on both. */
  private static String classPath(Class<?> main) {
    Set<String> entries = new LinkedHashSet<>();
    for (String property :
        List.of("surefire.test.class.path", "jdk.module.path", "java.class.path")) {
      String value = System.getProperty(property, "");
      entries.addAll(List.of(value.split(File.pathSeparator, -1)));
    }
    entries.add(location(main));
    entries.add(location(io.refract.train.T5Trainer.class));
    entries.remove("");
    return String.join(File.pathSeparator, entries);
  }

  private static String location(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    String url = Objects.requireNonNull(type.getResource("/" + name), name).toString();
    return Path.of(URI.create(url.substring(0, url.length() - name.length()))).toString();
  }
}
