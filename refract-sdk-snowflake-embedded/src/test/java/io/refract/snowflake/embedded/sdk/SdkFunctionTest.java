package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.Snowflake;
import io.refract.snowflake.SnowflakeException;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.function.UserFunction;
import io.refract.snowflake.sql.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions written by hand, with the real driver and a real Python. */
class SdkFunctionTest {

  private static SdkTarget target;
  private static Snowflake snowflake;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    target = SdkTarget.open();
    snowflake = target.snowflake();
  }

  @AfterAll
  static void close() {
    target.close();
  }

  @Test
  void an_inline_python_function_is_called_with_one_and_with_many_values() {
    Python.assume();
    ScalarFunction<String, String> shout =
        snowflake
            .function("shout")
            .argument("text", "VARCHAR")
            .returns("VARCHAR")
            .python(
                """
                def shout(text):
                    return None if text is None else text.upper() + "!"
                """)
            .handler("shout")
            .comment("it's \\ loud")
            .createOrReplace()
            .as(String.class, String.class);

    assertThat(shout.call("it's \u4e16\n$$")).isEqualTo("IT'S \u4e16\n$$!");
    assertThat(shout.call((String) null)).isNull();
    assertThat(shout.callAll(Arrays.asList("b", null, "a"))).containsExactly("B!", null, "A!");
    List<String> many = new ArrayList<>(IntStream.range(0, 1200).mapToObj(i -> "v" + i).toList());
    assertThat(shout.callAll(many)).hasSize(1200).startsWith("V0!", "V1!").endsWith("V1199!");
    shout.drop();
    assertThatThrownBy(() -> shout.call("x")).isInstanceOf(SnowflakeException.class);
  }

  @Test
  void a_staged_python_module_reads_its_other_imports() throws IOException {
    Python.assume();
    Files.writeString(directory.resolve("words.txt"), "hello");
    Files.writeString(
        directory.resolve("greeter.py"),
        """
        import os, sys
        WORD = open(os.path.join(sys._xoptions["snowflake_import_directory"], "words.txt")).read()
        def greet(name, times):
            return " ".join([WORD, name] * int(times))
        """);
    snowflake.stage("code").createIfMissing().put(directory, "v1");

    UserFunction greet =
        snowflake
            .function("greet")
            .argument("name", "VARCHAR")
            .argument("times", "INTEGER")
            .returns("VARCHAR")
            .stagedPython("@code/v1/greeter.py")
            .addImport("@code/v1/words.txt")
            .handler("greeter.greet")
            .immutable()
            .nullOnNullInput()
            .createOrReplace();

    assertThat(greet.call("ana", 2)).isEqualTo("hello ana hello ana");
    assertThat(greet.call("ana", null)).isNull();
  }

  @Test
  void an_inline_java_function_runs() {
    ScalarFunction<Double, Double> twice =
        snowflake
            .function("twice")
            .argument("x", "FLOAT")
            .returns("FLOAT")
            .java("class Twice { public static double of(double x) { return 2 * x; } }")
            .handler("Twice.of")
            .createOrReplace()
            .as(Double.class, Double.class);

    assertThat(twice.call(1.5)).isEqualTo(3.0);
    assertThat(twice.callAll(List.of(1.0, 2.0))).containsExactly(2.0, 4.0);
  }

  @Test
  void a_table_is_scored_into_a_new_one_that_keeps_its_columns() {
    ScalarFunction<String, Long> size =
        snowflake
            .function("size_of")
            .argument("text", "VARCHAR")
            .returns("INTEGER")
            .java(
                "class Size { public static Long of(String s) {"
                    + " return s == null ? null : (long) s.length(); } }")
            .handler("Size.of")
            .createOrReplace()
            .as(String.class, Long.class);
    snowflake.execute("CREATE OR REPLACE TABLE news (id INTEGER, \"Body\" VARCHAR)");
    snowflake.execute("INSERT INTO news VALUES (1, 'abc'), (2, NULL), (3, '')");

    size.applyTo("news", "\"Body\"").into("sizes");
    size.applyTo("news", "\"Body\"").into("sizes");

    List<Row> rows = snowflake.query("SELECT * FROM sizes ORDER BY id");
    assertThat(rows.get(0).columns()).containsExactly("ID", "Body", "SIZE_OF");
    assertThat(rows).extracting(row -> row.value(2, Long.class)).containsExactly(3L, null, 0L);
  }

  @Test
  void a_program_that_fails_says_why() {
    Python.assume();
    UserFunction failing =
        snowflake
            .function("failing")
            .argument("x", "VARCHAR")
            .returns("VARCHAR")
            .python("def f(x):\n    raise ValueError('no good: ' + x)\n")
            .handler("f")
            .createOrReplace();

    assertThatThrownBy(() -> failing.call("input"))
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("no good: input");
  }
}
