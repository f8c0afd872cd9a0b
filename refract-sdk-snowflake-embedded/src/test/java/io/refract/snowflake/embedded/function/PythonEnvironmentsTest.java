package io.refract.snowflake.embedded.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonEnvironmentsTest {

  private static PythonInterpreter python;

  @TempDir Path cache;

  @BeforeAll
  static void find_python() {
    PythonFunctionTest.requirePython();
    python = PythonInterpreter.find(Map.of("PATH", String.valueOf(System.getenv("PATH"))), "3.11");
  }

  private PythonEnvironments environments() {
    return PythonEnvironments.of(Map.of("REFRACT_PYTHON_CACHE", cache.toString()));
  }

  private static PythonPackages packages(String... texts) {
    return PythonPackages.parse(List.of(texts), null);
  }

  @Test
  void an_environment_is_built_once_also_by_competing_threads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Path>> built = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      built.add(pool.submit(() -> environments().python(python, packages())));
    }
    Path first = built.get(0).get();
    for (Future<Path> each : built) {
      assertThat(each.get()).isEqualTo(first);
    }
    pool.shutdown();

    assertThat(Command.run(List.of(first.toString(), "-c", "print(1)"), Duration.ofMinutes(1)))
        .extracting(Command.Outcome::output)
        .isEqualTo("1\n");
  }

  @Test
  void what_a_killed_build_left_is_removed_and_built_again() throws Exception {
    Path first = environments().python(python, packages());
    // <cache>/<key>/<build>/bin/python
    Path directory = cache.resolve(cache.relativize(first).getName(0));
    Files.delete(directory.resolve("current"));
    Path half = Files.createDirectories(directory.resolve("half-built").resolve("bin"));

    Path second = environments().python(python, packages());

    assertThat(half).doesNotExist();
    assertThat(first).doesNotExist();
    assertThat(second).isExecutable();
  }

  @Test
  void specifiers_are_normalised_and_named_as_on_pypi() {
    assertThat(packages("Typing_Extensions >= 4, <5", "pytorch==2.5.1").specifiers())
        .containsExactly("torch==2.5.1", "typing-extensions>=4,<5");
    assertThat(
            PythonPackages.parse(List.of("pytorch"), "SNOWFLAKE.SNOWPARK.PYPI_SHARED_REPOSITORY")
                .specifiers())
        .containsExactly("pytorch");
  }

  @Test
  void what_is_no_specifier_never_reaches_pip() {
    for (String text : List.of("--index-url=x", "a b", "http://x/y.whl", "a; import os", "")) {
      assertThatThrownBy(() -> packages(text))
          .as(text)
          .isInstanceOfSatisfying(
              SqlError.class, error -> assertThat(error.code()).isEqualTo("391546"));
    }
    assertThatThrownBy(() -> packages("snowflake-snowpark-python"))
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.sqlState()).isEqualTo("0A000"));
  }

  @Test
  void an_interpreter_that_failed_before_is_tried_again() throws Exception {
    Path later = cache.resolve("python-later");
    Map<String, String> environment = Map.of("REFRACT_PYTHON", later.toString());
    assertThatThrownBy(() -> PythonInterpreter.find(environment, "3.11"))
        .hasMessageContaining("REFRACT_PYTHON=" + later);

    Files.createSymbolicLink(later, python.executable().toRealPath());

    assertThat(PythonInterpreter.find(environment, "3.11").version()).isEqualTo(python.version());
  }

  @Test
  void a_wrong_interpreter_is_reported_with_the_variable_that_names_it() {
    assertThatThrownBy(() -> PythonInterpreter.find(Map.of("REFRACT_PYTHON", "/no/python"), "3.11"))
        .hasMessageContaining("REFRACT_PYTHON=/no/python");
  }
}
