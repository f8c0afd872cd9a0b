package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A Python on this machine.
 *
 * @param executable the absolute path of its program
 * @param version the full version, {@code 3.11.7}
 * @param chosen whether the environment variable {@value #VARIABLE} names it
 */
record PythonInterpreter(Path executable, String version, boolean chosen) {

  /** The environment variable that names the interpreter to use. */
  static final String VARIABLE = "REFRACT_PYTHON";

  private static final Duration PROBE = Duration.ofSeconds(30);
  private static final String PROBE_CODE =
      "import sys, platform; print(sys.executable); print(platform.python_version())";
  // What each program said. A probe that failed is not kept: it was perhaps interrupted, or the
  // machine was busy, and a program that is missing may be installed later.
  private static final Map<String, List<String>> PROBED = new ConcurrentHashMap<>();

  /**
   * Finds the interpreter of a function.
   *
   * @param environment the process environment
   * @param runtimeVersion the RUNTIME_VERSION, {@code 3.11}
   * @throws SqlError 100357 when there is no Python at all
   */
  static PythonInterpreter find(Map<String, String> environment, String runtimeVersion) {
    String named = environment.get(VARIABLE);
    if (named != null && !named.isBlank()) {
      PythonInterpreter interpreter = probe(named, true);
      if (interpreter == null) {
        throw SqlError.of(
            "100357",
            "P0000",
            "Starting Python from "
                + VARIABLE
                + "="
                + named
                + " failed: it is no Python 3 interpreter. Name the path of one, or unset the"
                + " variable.");
      }
      return interpreter;
    }
    Set<String> names = new LinkedHashSet<>();
    names.add("python" + runtimeVersion);
    names.add("python3");
    names.add("python");
    for (String name : names) {
      PythonInterpreter interpreter = probe(name, false);
      if (interpreter != null) {
        return interpreter;
      }
    }
    throw SqlError.of(
        "100357",
        "P0000",
        "A function with LANGUAGE PYTHON needs Python 3 on this machine, and none of "
            + String.join(", ", names)
            + " runs. Install Python "
            + runtimeVersion
            + ", or set the environment variable "
            + VARIABLE
            + " to the path of an interpreter.");
  }

  /** Tells whether the first two parts of the version are these. */
  boolean isVersion(String majorMinor) {
    return version.equals(majorMinor) || version.startsWith(majorMinor + ".");
  }

  private static @Nullable PythonInterpreter probe(String program, boolean chosen) {
    // Version managers put programs on the path that only say "not installed": run it to know.
    List<String> answer = PROBED.get(program);
    if (answer == null) {
      Command.Outcome outcome = Command.run(List.of(program, "-c", PROBE_CODE), PROBE);
      if (!outcome.succeeded()) {
        return null;
      }
      answer = outcome.output().lines().toList();
      PROBED.put(program, answer);
    }
    if (answer.size() != 2 || !answer.get(1).startsWith("3.")) {
      return null;
    }
    return new PythonInterpreter(Path.of(answer.get(0)), answer.get(1), chosen);
  }
}
