package io.refract.snowflake.embedded.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonFunctionTest {

  private static EmbeddedSnowflake snowflake;
  private static Sql sql;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    requirePython();
    snowflake = EmbeddedSnowflake.start();
    sql = Sql.to(snowflake);
    sql.run("CREATE STAGE code");
  }

  static void requirePython() {
    if (Boolean.parseBoolean(System.getenv("REFRACT_REQUIRE_ALL"))) {
      return;
    }
    boolean found = true;
    try {
      PythonInterpreter.find(System.getenv(), "3.11");
    } catch (RuntimeException e) {
      found = false;
    }
    assumeTrue(found, "These tests need Python 3 on the path, or in REFRACT_PYTHON.");
  }

  @AfterAll
  static void stop() throws Exception {
    if (snowflake != null) {
      sql.close();
      snowflake.close();
    }
  }

  private static void create(String head, String body) throws SQLException {
    sql.run(
        "CREATE OR REPLACE FUNCTION "
            + head
            + " LANGUAGE PYTHON RUNTIME_VERSION='3.11' HANDLER='f' AS $$\n"
            + body
            + "\n$$");
  }

  private void stage(String name, String text) throws Exception {
    Path file = Files.writeString(directory.resolve(name), text);
    sql.run("PUT file://" + file + " @code AUTO_COMPRESS=FALSE OVERWRITE=TRUE");
  }

  @Test
  void inline_code_is_called_anywhere_in_a_query() throws Exception {
    create("twice(n INT) RETURNS INT", "def f(n):\n  print('hello')\n  return n * 2");

    assertThat(sql.rows("SELECT twice(21), Twice(twice(1)), demo.public.TWICE(5) + 1"))
        .containsExactly("42|4|11");
    assertThat(
            sql.rows(
                "SELECT sum(twice(column1)) FROM VALUES (1), (2), (3) WHERE twice(column1) > 2"))
        .containsExactly("10");
  }

  @Test
  void types_come_as_pythons_own_and_go_back() throws Exception {
    create("t(v VARIANT) RETURNS VARCHAR", "def f(v):\n  return type(v).__name__ + repr(v)");
    assertThat(sql.rows("SELECT t(PARSE_JSON('{\"a\": [1, null]}')), t(5), t('x')"))
        .containsExactly("dict{'a': [1, None]}|int5|str'x'");

    create(
        "shown(i INT, d NUMBER(10,2), x FLOAT, s VARCHAR, b BOOLEAN, y DATE, h TIME,"
            + " z TIMESTAMP_NTZ, q BINARY) RETURNS VARCHAR",
        "def f(*values):\n  return ' '.join(repr(v) for v in values)");
    assertThat(
            sql.rows(
                "SELECT shown(7, 1.5, 0.25, 'é', true, '2026-02-03'::date, '01:02:03'::time,"
                    + " '2026-02-03 04:05:06'::timestamp_ntz, TO_BINARY('CAFE', 'HEX'))"))
        .containsExactly(
            "7 Decimal('1.50') 0.25 'é' True datetime.date(2026, 2, 3) datetime.time(1, 2, 3)"
                + " datetime.datetime(2026, 2, 3, 4, 5, 6) b'\\xca\\xfe'");

    for (Map.Entry<String, String> type :
        Map.of(
                "NUMBER(10,2)", "1.50",
                "FLOAT", "1.5",
                "BOOLEAN", "TRUE",
                "DATE", "2026-02-03",
                "BINARY", "CAFE")
            .entrySet()) {
      create("same(v " + type.getKey() + ") RETURNS " + type.getKey(), "def f(v):\n  return v");
      assertThat(sql.rows("SELECT same('" + type.getValue() + "'::" + type.getKey() + ")"))
          .as(type.getKey())
          .containsExactly(type.getValue());
    }
    create("arr(v ARRAY) RETURNS ARRAY", "def f(v):\n  return v + [len(v)]");
    assertThat(sql.rows("SELECT ARRAY_SIZE(arr(ARRAY_CONSTRUCT(1, 'a')))")).containsExactly("3");
  }

  @Test
  void infinity_and_not_a_number_pass() throws Exception {
    create("inv(x FLOAT) RETURNS FLOAT", "def f(x):\n  return -x");

    assertThat(sql.rows("SELECT inv('inf'::float) = '-inf'::float, inv('nan'::float)"))
        .containsExactly("TRUE|NaN");
  }

  @Test
  void null_reaches_the_handler_unless_the_function_is_strict() throws Exception {
    create("called(v VARCHAR) RETURNS VARCHAR", "def f(v):\n  return 'got ' + str(v)");
    create("careful(v VARCHAR) RETURNS VARCHAR STRICT", "def f(v):\n  return 'got ' + str(v)");
    create("none(v VARCHAR) RETURNS VARCHAR", "def f(v):\n  return None");

    assertThat(sql.rows("SELECT called(NULL), careful(NULL), careful('a'), none('a')"))
        .containsExactly("got None|null|got a|null");
  }

  @Test
  void an_exception_is_reported_with_its_traceback_and_the_worker_goes_on() throws Exception {
    create("inverse(n INT) RETURNS FLOAT", "def f(n):\n  return 1 / n");

    SQLException error = sql.error("SELECT inverse(0)");

    assertThat(error.getErrorCode()).isEqualTo(100357);
    assertThat(error.getSQLState()).isEqualTo("P0000");
    assertThat(error.getMessage())
        .contains("Python Interpreter Error:")
        .contains("ZeroDivisionError: division by zero")
        .contains("INVERSE")
        .doesNotContain("worker.py");
    assertThat(sql.rows("SELECT inverse(4)")).containsExactly("0.25");
  }

  @Test
  void a_function_that_kills_its_process_is_reported_and_started_again() throws Exception {
    create("die(n INT) RETURNS INT", "import os\ndef f(n):\n  return n if n else os._exit(7)");

    SQLException error = sql.error("SELECT die(0)");

    assertThat(error.getMessage()).contains("The Python process ended with exit status 7");
    assertThat(sql.rows("SELECT die(3)")).containsExactly("3");
  }

  @Test
  void create_refuses_wrong_code() {
    String head = "CREATE FUNCTION bad() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION=3.11 ";

    assertThat(sql.error(head + "HANDLER='f' AS 'def f(:'").getMessage()).contains("SyntaxError");
    assertThat(sql.error(head + "HANDLER='g' AS 'def f(): return 1'").getMessage())
        .contains("no attribute 'g'");
    assertThat(
            sql.error(head + "HANDLER='f' AS 'import nope_nope\ndef f(): return 1'").getMessage())
        .contains("No module named 'nope_nope'");
    assertThat(sql.error("SELECT bad()").getErrorCode()).isEqualTo(2140);
    SQLException old =
        sql.error(
            "CREATE FUNCTION bad() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.8' HANDLER='f'"
                + " AS 'def f(): return 1'");
    assertThat(old.getSQLState()).isEqualTo("0A000");
    assertThat(old.getMessage()).contains("3.8");
  }

  @Test
  void a_staged_module_reads_an_imported_file() throws Exception {
    stage("words.txt", "alpha\nbeta\n");
    stage(
        "lookup.py",
        """
        import os
        import sys

        directory = sys._xoptions["snowflake_import_directory"]
        with open(os.path.join(directory, "words.txt")) as file:
            WORDS = file.read().split()
        with open(directory + "words.txt") as file:
            assert file.read().split() == WORDS


        def word(n):
            return WORDS[n]
        """);
    sql.run(
        "CREATE OR REPLACE FUNCTION word(n INT) RETURNS VARCHAR LANGUAGE PYTHON"
            + " RUNTIME_VERSION='3.11' IMPORTS=('@code/lookup.py', '@DEMO.PUBLIC.CODE/words.txt')"
            + " HANDLER='lookup.word'");

    assertThat(sql.rows("SELECT word(1)")).containsExactly("beta");
  }

  @Test
  void imports_must_exist_and_have_different_names() throws Exception {
    stage("a.py", "def f(): return 1");
    String head =
        "CREATE FUNCTION bad() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11' HANDLER='a.f'";

    assertThat(sql.error(head + " IMPORTS=('@code/nope.py')").getMessage())
        .contains("@DEMO.PUBLIC.CODE/nope.py");
    assertThat(sql.error(head + " IMPORTS=('@nowhere/a.py')").getErrorCode()).isEqualTo(2003);
    assertThat(sql.error(head + " IMPORTS=('@code/a.py', '@code/x/a.py')").getMessage())
        .contains("same name");
  }

  @Test
  void a_hundred_thousand_rows_pass_through_one_worker() throws Exception {
    create("plus(n INT) RETURNS INT", "def f(n):\n  return n + 1");

    assertThat(
            sql.rows(
                "SELECT count(*), sum(plus(n)) FROM (SELECT seq4() AS n FROM"
                    + " TABLE(GENERATOR(ROWCOUNT => 100000)))"))
        .containsExactly("100000|5000050000");
  }

  @Test
  void overloads_and_defaults_are_chosen_by_the_arguments() throws Exception {
    create("kind(v INT) RETURNS VARCHAR", "def f(v):\n  return 'number'");
    create("kind(v VARCHAR) RETURNS VARCHAR", "def f(v):\n  return 'text'");
    create("kind(v INT, w INT) RETURNS VARCHAR", "def f(v, w):\n  return 'two'");
    create("scaled(v INT, by INT DEFAULT 10) RETURNS INT", "def f(v, by):\n  return v * by");

    assertThat(sql.rows("SELECT kind(1), kind('x'), kind(1, 2), scaled(2), scaled(2, 3)"))
        .containsExactly("number|text|two|20|6");
    sql.run("DROP FUNCTION kind(VARCHAR)");
    assertThat(sql.rows("SELECT kind(1), kind(1, 2)")).containsExactly("number|two");
    assertThat(sql.error("DROP FUNCTION kind(VARCHAR)").getErrorCode()).isEqualTo(2003);
    assertThat(sql.error("SELECT kind(1, 2, 3)").getErrorCode()).isEqualTo(938);
  }

  @Test
  void or_replace_changes_the_code_and_if_not_exists_does_not() throws Exception {
    create("version() RETURNS INT", "def f():\n  return 1");
    assertThat(sql.rows("SELECT version()")).containsExactly("1");
    create("version() RETURNS INT", "def f():\n  return 2");
    sql.run(
        "CREATE FUNCTION IF NOT EXISTS version() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11'"
            + " HANDLER='f' AS 'def f(): return 3'");

    assertThat(sql.rows("SELECT version()")).containsExactly("2");
  }

  @Test
  void temporary_functions_belong_to_their_session() throws Exception {
    try (Sql other = Sql.to(snowflake)) {
      other.run(
          "CREATE TEMP FUNCTION mine() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11'"
              + " HANDLER='f' AS 'def f(): return 3'");

      assertThat(other.rows("SELECT mine()")).containsExactly("3");
      assertThat(sql.error("SELECT mine()").getErrorCode()).isEqualTo(2140);
    }
  }

  @Test
  void packages_that_do_not_exist_are_reported_at_create() {
    SQLException error =
        sql.error(
            "CREATE FUNCTION bad() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11'"
                + " PACKAGES=('refract-no-such-package==9.9') HANDLER='f' AS 'def f(): return 1'");

    assertThat(error.getErrorCode()).isEqualTo(391546);
    assertThat(error.getMessage()).contains("refract-no-such-package==9.9");
    assertThat(
            sql.error(
                    "CREATE FUNCTION bad() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11'"
                        + " PACKAGES=('--index-url=http://x') HANDLER='f' AS 'def f(): return 1'")
                .getErrorCode())
        .isEqualTo(391546);
  }

  @Test
  void vectorized_handlers_get_data_frames() throws Exception {
    sql.run(
        """
        CREATE OR REPLACE FUNCTION summed(n INT, x FLOAT, s VARCHAR) RETURNS VARCHAR
        LANGUAGE PYTHON RUNTIME_VERSION='3.11' PACKAGES=('pandas') HANDLER='f' AS $$
        import pandas
        from _snowflake import vectorized

        @vectorized(input=pandas.DataFrame, max_batch_size=2)
        def f(df):
            assert len(df) <= 2
            kinds = ' '.join(str(t) for t in df.dtypes)
            return df[2] + ' ' + (df[0] + df[1]).astype(str) + ' ' + kinds
        $$
        """);
    assertThat(
            sql.rows(
                "SELECT summed(column1, column2, column3) FROM VALUES (1, 0.5, 'a'), (2, 1.5, 'b'),"
                    + " (3, 2.5, NULL) ORDER BY 1"))
        .containsExactly("a 1.5 Int64 float64 string", "b 3.5 Int64 float64 string", "null");

    sql.run(
        """
        CREATE OR REPLACE FUNCTION marked(n INT) RETURNS FLOAT STRICT
        LANGUAGE PYTHON RUNTIME_VERSION='3.11' PACKAGES=('pandas') HANDLER='f' AS $$
        import pandas
        def f(df):
            return df[0] / 2
        f._sf_vectorized_input = pandas.DataFrame
        $$
        """);
    assertThat(sql.rows("SELECT marked(column1) FROM VALUES (1), (NULL), (3) ORDER BY 1"))
        .isEqualTo(List.of("0.5", "1.5", "null"));
  }

  @Test
  void workers_end_with_the_server() throws Exception {
    long pid;
    try (EmbeddedSnowflake own = EmbeddedSnowflake.start();
        Sql session = Sql.to(own)) {
      session.run(
          "CREATE FUNCTION pid() RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11' HANDLER='f' AS"
              + " 'import os\ndef f(): return os.getpid()'");
      pid = Long.parseLong(session.rows("SELECT pid()").get(0));
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void functions_of_a_persistent_server_survive_its_restart() throws Exception {
    try (EmbeddedSnowflake first = EmbeddedSnowflake.at(directory).start();
        Sql session = Sql.to(first)) {
      session.run(
          "CREATE FUNCTION kept(s VARCHAR) RETURNS VARCHAR LANGUAGE PYTHON RUNTIME_VERSION='3.11'"
              + " HANDLER='f' AS 'def f(s): return s.upper()'");
    }
    try (EmbeddedSnowflake second = EmbeddedSnowflake.at(directory).start();
        Sql session = Sql.to(second)) {
      assertThat(session.rows("SELECT kept('again')")).containsExactly("AGAIN");
    }
  }
}
