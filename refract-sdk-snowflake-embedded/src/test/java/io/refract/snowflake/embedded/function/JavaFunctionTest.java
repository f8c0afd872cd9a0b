package io.refract.snowflake.embedded.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaFunctionTest {

  private static EmbeddedSnowflake snowflake;
  private static Sql sql;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    snowflake = EmbeddedSnowflake.start();
    sql = Sql.to(snowflake);
    sql.run("CREATE STAGE code");
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    snowflake.close();
  }

  private static void create(String head, String method) throws SQLException {
    sql.run(
        "CREATE OR REPLACE FUNCTION "
            + head
            + " LANGUAGE JAVA RUNTIME_VERSION='17' HANDLER='Code.f' AS $$\n"
            + "import java.math.*; import java.util.*; import java.sql.*;\n"
            + "public class Code {\n"
            + method
            + "\n}\n$$");
  }

  @Test
  void inline_source_is_called_anywhere_in_a_query() throws Exception {
    create("twice(n INT) RETURNS INT", "public static long f(long n) { return n * 2; }");

    assertThat(sql.rows("SELECT twice(21), Twice(twice(1)), demo.public.TWICE(5) + 1"))
        .containsExactly("42|4|11");
    assertThat(sql.rows("SELECT column1 FROM VALUES (1), (2) WHERE twice(column1) > 2"))
        .containsExactly("2");
  }

  @Test
  void instance_methods_keep_one_instance() throws Exception {
    create(
        "counted(s VARCHAR) RETURNS VARCHAR",
        "private int n; public String f(String s) { return s + (++n > 0); }");

    assertThat(sql.rows("SELECT counted('a')")).containsExactly("atrue");
  }

  @Test
  void a_nested_call_is_computed_once() throws Exception {
    create(
        "nth(v VARIANT) RETURNS VARCHAR",
        "private static int n; public static String f(String v) { return v + ++n; }");
    create("text(s VARCHAR) RETURNS VARCHAR", "public static String f(String s) { return s; }");

    assertThat(sql.rows("SELECT text(nth(1)), text(text(text(nth(2))))")).containsExactly("11|22");
  }

  @Test
  void types_come_as_javas_own_and_go_back() throws Exception {
    create(
        "shown(i INT, d NUMBER(10,2), x FLOAT, s VARCHAR, b BOOLEAN, y DATE, z TIMESTAMP_NTZ,"
            + " q BINARY, a ARRAY, o OBJECT) RETURNS VARCHAR",
        """
        public static String f(Integer i, BigDecimal d, double x, String s, boolean b, java.sql.Date y,
            Timestamp z, byte[] q, String[] a, Map<String, String> o) {
          return i + " " + d + " " + x + " " + s + " " + b + " " + y + " " + z + " " + q.length + " "
              + Arrays.toString(a) + " " + o;
        }
        """);
    assertThat(
            sql.rows(
                "SELECT shown(7, 1.5, 0.25, 'é', true, '2026-02-03'::date,"
                    + " '2026-02-03 04:05:06'::timestamp_ntz, TO_BINARY('CAFE', 'HEX'),"
                    + " ARRAY_CONSTRUCT('p', 'q'), OBJECT_CONSTRUCT('k', 'v'))"))
        .containsExactly("7 1.50 0.25 é true 2026-02-03 2026-02-03 04:05:06.0 2 [p, q] {k=v}");
    create(
        "moment(s VARCHAR) RETURNS TIMESTAMP_NTZ",
        "public static Timestamp f(String s) { return Timestamp.valueOf(s); }");
    assertThat(sql.rows("SELECT moment('2026-02-03 04:05:06')::varchar"))
        .containsExactly("2026-02-03 04:05:06.000");
  }

  @Test
  void null_goes_into_objects_but_not_into_primitives() throws Exception {
    create("boxed(n INT) RETURNS BOOLEAN", "public static Boolean f(Long n) { return n == null; }");
    create("bare(n INT) RETURNS INT", "public static long f(long n) { return n; }");
    create("careful(n INT) RETURNS INT STRICT", "public static long f(long n) { return n; }");

    assertThat(sql.rows("SELECT boxed(NULL), careful(NULL)")).containsExactly("TRUE|null");
    assertThat(sql.error("SELECT bare(NULL)").getMessage()).contains("primitive type long");
  }

  @Test
  void an_exception_is_reported_with_the_functions_own_frames() throws Exception {
    create(
        "fail(s VARCHAR) RETURNS INT",
        "public static int f(String s) { return Integer.parseInt(s); }");

    SQLException error = sql.error("SELECT fail('x')");

    assertThat(error.getErrorCode()).isEqualTo(100132);
    assertThat(error.getSQLState()).isEqualTo("P0000");
    assertThat(error.getMessage())
        .contains("NumberFormatException: For input string: \"x\"")
        .contains("Code.f")
        .doesNotContain("duckdb");
    assertThat(sql.rows("SELECT fail('5')")).containsExactly("5");
  }

  @Test
  void create_refuses_wrong_code() {
    String head = "CREATE FUNCTION bad(n INT) RETURNS INT LANGUAGE JAVA HANDLER=";

    assertThat(sql.error(head + "'C.f' AS 'class C { int }'").getMessage())
        .contains("Java compilation failed")
        .contains("line 1");
    assertThat(
            sql.error(head + "'C.g' AS 'public class C { public static int f(int n) {return n;} }'")
                .getMessage())
        .contains("no public method g");
    assertThat(
            sql.error(
                    head
                        + "'C.f' AS 'public class C { public static boolean f(int n) {return true;} }'")
                .getMessage())
        .contains("cannot return NUMBER(38,0)");
    assertThat(
            sql.error(head + "'C.f' PACKAGES=('com.snowflake:snowpark:latest') AS 'class C {}'")
                .getSQLState())
        .isEqualTo("0A000");
  }

  @Test
  void a_staged_jar_reads_an_imported_file() throws Exception {
    Path source = Files.createDirectories(directory.resolve("pkg")).resolve("Words.java");
    Files.writeString(
        source,
        """
        package pkg;
        import java.nio.file.*;
        public class Words {
          private final String text;
          public Words() throws java.io.IOException {
            text = Files.readString(
                Path.of(System.getProperty("com.snowflake.import_directory") + "words.txt"));
          }
          public String find(String key) { return text.strip() + key; }
        }
        """);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "17", source.toString());
    assertThat(status).isZero();
    Path jar = directory.resolve("words.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry("pkg/Words.class"));
      Files.copy(directory.resolve("pkg/Words.class"), entries);
      entries.closeEntry();
    }
    Path words = Files.writeString(directory.resolve("words.txt"), "found");
    for (Path file : List.of(jar, words)) {
      sql.run("PUT file://" + file + " @code AUTO_COMPRESS=FALSE");
    }
    sql.run(
        "CREATE FUNCTION word(s VARCHAR) RETURNS VARCHAR LANGUAGE JAVA RUNTIME_VERSION=17"
            + " IMPORTS=('@code/words.jar', '@code/words.txt') HANDLER='pkg.Words.find'");

    assertThat(sql.rows("SELECT word('it')")).containsExactly("foundit");
    assertThat(System.getProperty("com.snowflake.import_directory")).isNull();
  }

  @Test
  void a_hundred_thousand_rows_pass() throws Exception {
    create("plus(n INT) RETURNS INT", "public static long f(long n) { return n + 1; }");

    assertThat(
            sql.rows(
                "SELECT count(*), sum(plus(n)) FROM (SELECT seq4() AS n FROM"
                    + " TABLE(GENERATOR(ROWCOUNT => 100000)))"))
        .containsExactly("100000|5000050000");
  }

  @Test
  void functions_in_other_languages_and_forms_are_refused_by_name() {
    for (String statement :
        List.of(
            "CREATE FUNCTION f() RETURNS INT LANGUAGE JAVASCRIPT AS 'return 1;'",
            "CREATE FUNCTION f() RETURNS INT LANGUAGE SCALA HANDLER='C.f' AS 'x'",
            "CREATE AGGREGATE FUNCTION f(n INT) RETURNS INT LANGUAGE PYTHON HANDLER='C' AS 'x'",
            "CREATE FUNCTION f() RETURNS TABLE (n INT) LANGUAGE JAVA HANDLER='C' AS 'x'",
            "CREATE FUNCTION f() RETURNS INT LANGUAGE JAVA TARGET_PATH='@s/x.jar' HANDLER='C.f' AS"
                + " 'x'",
            "CREATE FUNCTION f() RETURNS INT LANGUAGE JAVA SECRETS=('a'=b) HANDLER='C.f' AS 'x'")) {
      assertThat(sql.error(statement).getSQLState()).as(statement).isEqualTo("0A000");
    }
  }
}
