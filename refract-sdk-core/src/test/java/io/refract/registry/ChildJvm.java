package io.refract.registry;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Starts other JVMs with the classes of this one, all of them on the class path. */
final class ChildJvm {

  private ChildJvm() {}

  static Process start(Class<?> main, Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Runs to the end, and returns what it printed; fails if it failed. */
  static String run(Class<?> main, Path log, String... arguments)
      throws IOException, InterruptedException {
    int status = start(main, log, arguments).waitFor();
    String output = Files.readString(log, StandardCharsets.UTF_8);
    if (status != 0) {
      throw new AssertionError("the child ended with status " + status + ": " + output);
    }
    return output;
  }

  /** Surefire may have put the classes on the module path, on the class path, or on both. */
  static String classPath() {
    Set<String> entries = new LinkedHashSet<>();
    for (String property :
        List.of("surefire.test.class.path", "jdk.module.path", "java.class.path")) {
      String value = System.getProperty(property, "");
      entries.addAll(List.of(value.split(File.pathSeparator)));
    }
    entries.add(location(ChildJvm.class));
    entries.add(location(ModelRegistry.class));
    entries.remove("");
    return String.join(File.pathSeparator, entries);
  }

  private static String location(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    String url = Objects.requireNonNull(type.getResource("/" + name), name).toString();
    return Path.of(URI.create(url.substring(0, url.length() - name.length()))).toString();
  }
}
