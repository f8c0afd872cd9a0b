package io.refract.snowflake.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.testing.RecordingSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionTest {

  private final RecordingSession session = new RecordingSession();

  @Test
  void an_inline_python_function_is_written_like_this() {
    function("ml.public.shout")
        .argument("text", "varchar")
        .argument("times", "NUMBER(38, 0)")
        .returns("VARCHAR")
        .python("def shout(text, times):\n  return text.upper() * times\n")
        .handler("shout")
        .createOrReplace();

    assertThat(session.statements)
        .containsExactly(
            """
            CREATE OR REPLACE FUNCTION ML.PUBLIC.SHOUT(TEXT VARCHAR, TIMES NUMBER(38, 0))
              COPY GRANTS
              RETURNS VARCHAR
              LANGUAGE PYTHON
              CALLED ON NULL INPUT
              VOLATILE
              RUNTIME_VERSION = '3.12'
              ARTIFACT_REPOSITORY = SNOWFLAKE.SNOWPARK.PYPI_SHARED_REPOSITORY
              HANDLER = 'shout'
            AS $$
            def shout(text, times):
              return text.upper() * times
            $$""");
  }

  @Test
  void a_staged_python_function_with_everything_is_written_like_this() {
    String sql =
        FunctionDefinition.textOf(ObjectName.parse("f"))
            .argument("\"Text\"", "VARCHAR")
            .returns("VARCHAR")
            .stagedPython("@llm/handler.py")
            .addImport("@t5_p_model/it's/config.json")
            .packages("pandas==2.3.3", "numpy>=1.25,<2")
            .artifactRepository(ArtifactRepository.ANACONDA)
            .runtimeVersion("3.11")
            .handler("handler.score")
            .comment("it's \\ ours")
            .immutable()
            .secure()
            .nullOnNullInput()
            .temporary()
            .sql();

    assertThat(sql)
        .isEqualTo(
            """
            CREATE OR REPLACE TEMPORARY SECURE FUNCTION F("Text" VARCHAR)
              RETURNS VARCHAR
              LANGUAGE PYTHON
              RETURNS NULL ON NULL INPUT
              IMMUTABLE
              RUNTIME_VERSION = '3.11'
              COMMENT = 'it''s \\\\ ours'
              IMPORTS = ('@LLM/handler.py', '@T5_P_MODEL/it''s/config.json')
              PACKAGES = ('pandas==2.3.3', 'numpy>=1.25,<2')
              ARTIFACT_REPOSITORY = SNOWFLAKE.SNOWPARK.ANACONDA_SHARED_REPOSITORY
              HANDLER = 'handler.score'""");
  }

  @Test
  void java_functions_are_written_like_this() {
    String inline =
        FunctionDefinition.textOf(ObjectName.parse("f"))
            .argument("x", "FLOAT")
            .returns("FLOAT")
            .java("class F { static double f(double x) { return 2 * x; } }")
            .handler("F.f")
            .sql();
    String staged =
        FunctionDefinition.textOf(ObjectName.parse("f"))
            .returns("FLOAT")
            .stagedJava("@llm/scorer.jar")
            .packages("com.snowflake:snowpark:latest")
            .runtimeVersion("21")
            .handler("com.acme.F.f")
            .sql();

    assertThat(inline)
        .isEqualTo(
            """
            CREATE OR REPLACE FUNCTION F(X FLOAT)
              COPY GRANTS
              RETURNS FLOAT
              LANGUAGE JAVA
              CALLED ON NULL INPUT
              VOLATILE
              RUNTIME_VERSION = '17'
              HANDLER = 'F.f'
            AS $$class F { static double f(double x) { return 2 * x; } }$$""");
    assertThat(staged)
        .isEqualTo(
            """
            CREATE OR REPLACE FUNCTION F()
              COPY GRANTS
              RETURNS FLOAT
              LANGUAGE JAVA
              CALLED ON NULL INPUT
              VOLATILE
              RUNTIME_VERSION = '21'
              IMPORTS = ('@LLM/scorer.jar')
              PACKAGES = ('com.snowflake:snowpark:latest')
              HANDLER = 'com.acme.F.f'""");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "VARCHAR; DROP TABLE t", "VARCHAR)", "NUMBER(38", "'x'", "VARCHAR -- x"})
  void what_is_no_type_is_refused(String type) {
    assertThatThrownBy(() -> function("f").returns(type))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "varchar",
        "NUMBER(38,0)",
        "VECTOR(FLOAT, 256)",
        "TIMESTAMP_NTZ(9)",
        "DOUBLE PRECISION",
        "ARRAY(NUMBER(38, 0))"
      })
  void types_of_all_forms_are_taken(String type) {
    assertThat(function("f").returns(type)).isNotNull();
  }

  @Test
  void mistakes_are_found_before_anything_is_sent() {
    assertThatThrownBy(() -> function("f").returns("VARCHAR").handler("h").sql())
        .hasMessageContaining("no program");
    assertThatThrownBy(() -> function("f").returns("VARCHAR").python("x").sql())
        .hasMessageContaining("no handler");
    assertThatThrownBy(() -> function("f").python("x").handler("h").sql())
        .hasMessageContaining("no result type");
    assertThatThrownBy(() -> function("f").python("x").java("y")).hasMessageContaining("twice");
    assertThatThrownBy(() -> function("f").argument("a", "INT").argument("A", "INT"))
        .hasMessageContaining("twice");
    assertThatThrownBy(
            () -> function("f").addImport("@a/x/config.json").addImport("@b/config.json"))
        .hasMessageContaining("@A/x/config.json")
        .hasMessageContaining("same file name");
    assertThatThrownBy(() -> function("f").addImport("@a/x/")).hasMessageContaining("be a file");
    assertThatThrownBy(() -> function("f").packages("pandas'; --"))
        .hasMessageContaining("a package looks like");
    assertThatThrownBy(() -> function("f").handler("a'b")).hasMessageContaining("a handler");
    assertThatThrownBy(() -> function("f").runtimeVersion("3.x")).hasMessageContaining("runtime");
    assertThat(session.statements).isEmpty();
  }

  @Test
  void a_call_binds_its_values() {
    session.answering(sql -> rows(List.of("OK")));
    UserFunction function =
        UserFunction.of(session, ObjectName.parse("ml.public.f"), List.of("VARCHAR", "NUMBER"));

    assertThat(function.call("it's", null)).isEqualTo("OK");

    assertThat(session.statements).containsExactly("SELECT ML.PUBLIC.F(?, ?)");
    assertThat(session.binds.get(0)).containsExactly("it's", null);
    assertThatThrownBy(() -> function.call("one")).hasMessageContaining("2 arguments but 1");
    assertThatThrownBy(() -> function.as(String.class, String.class))
        .hasMessageContaining("does not take one String");
    function.drop();
    assertThat(session.statements.get(1))
        .isEqualTo("DROP FUNCTION IF EXISTS ML.PUBLIC.F(VARCHAR, NUMBER)");
  }

  @Test
  void a_scalar_call_converts_its_result() {
    session.answering(sql -> rows(Collections.singletonList(7L)));

    assertThat(scalar(Integer.class).call("x")).isEqualTo(7);
    assertThat(session.statements).containsExactly("SELECT F(?)");
  }

  @Test
  void many_values_are_called_in_few_statements_and_keep_their_order() {
    session.answering(
        sql -> {
          List<?> binds = session.binds.get(session.binds.size() - 1);
          List<Row> rows = new ArrayList<>();
          for (int i = 0; i < binds.size(); i++) {
            rows.add(new Row(List.of("I", "RESULT"), Arrays.asList((long) i, binds.get(i))));
          }
          return rows;
        });
    List<String> values = new ArrayList<>(IntStream.range(0, 700).mapToObj(i -> "v" + i).toList());
    values.set(3, null);

    assertThat(scalar(String.class).callAll(values)).isEqualTo(values);
    assertThat(session.statements).hasSize(2);
    session.statements.clear();
    scalar(String.class).callAll(List.of("a", "b"));
    assertThat(session.statements)
        .containsExactly(
            "SELECT I, F(X) AS RESULT FROM (VALUES (0, ?), (1, ?)) AS INPUTS (I, X) ORDER BY I");
  }

  @Test
  void a_table_is_scored_into_a_new_one_that_keeps_all_columns() {
    Application application =
        UserFunction.of(session, ObjectName.parse("ml.public.summarize"), List.of("VARCHAR"))
            .as(String.class, String.class)
            .applyTo("news", "\"Body\"");

    application.into("news_summaries");

    assertThat(session.statements)
        .containsExactly(
            """
            CREATE OR REPLACE TABLE NEWS_SUMMARIES COPY GRANTS AS
            SELECT T.*, ML.PUBLIC.SUMMARIZE(T."Body") AS SUMMARIZE
            FROM NEWS AS T""");
    assertThat(application.resultColumn("summary").sql("x")).contains(" AS SUMMARY\n");
    assertThatThrownBy(() -> application.into("NEWS")).hasMessageContaining("name another");
    assertThatThrownBy(() -> application.into("ml.public.news"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ML.PUBLIC.NEWS may be NEWS itself");
  }

  private FunctionDefinition function(String name) {
    return FunctionDefinition.in(session, ObjectName.parse(name));
  }

  private <O> ScalarFunction<String, O> scalar(Class<O> output) {
    return UserFunction.of(session, ObjectName.parse("f"), List.of("varchar"))
        .as(String.class, output);
  }

  private static List<Row> rows(List<Object> values) {
    return List.of(
        new Row(IntStream.range(0, values.size()).mapToObj(i -> "C" + i).toList(), values));
  }
}
