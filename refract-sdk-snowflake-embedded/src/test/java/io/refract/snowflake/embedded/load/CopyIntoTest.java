package io.refract.snowflake.embedded.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyIntoTest {

  private static final String QUOTED = "FILE_FORMAT=(TYPE=CSV FIELD_OPTIONALLY_ENCLOSED_BY='\"')";

  private static EmbeddedSnowflake snowflake;
  private static Sql sql;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    snowflake = EmbeddedSnowflake.start();
    sql = Sql.to(snowflake);
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    snowflake.close();
  }

  @BeforeEach
  void new_table_and_stage() throws SQLException {
    sql.run("CREATE OR REPLACE TABLE t (n INT, s VARCHAR)", "CREATE OR REPLACE STAGE inbox");
  }

  private void stage(String name, String text) throws Exception {
    stage(name, text, UTF_8);
  }

  private void stage(String name, String text, Charset charset) throws Exception {
    Path file = directory.resolve(name);
    Files.write(file, text.getBytes(charset));
    sql.run("PUT file://" + file + " @inbox OVERWRITE=TRUE");
  }

  private List<String> table() throws SQLException {
    return sql.rows("SELECT n, s FROM t");
  }

  /** Returns file, status and counts of a COPY. */
  private static List<String> copy(String rest) throws SQLException {
    return sql.rows("COPY INTO t FROM @inbox " + rest);
  }

  @Test
  void a_staged_csv_is_loaded_once() throws Exception {
    stage("a.csv", "1,one\n2,two\n");

    try (Statement statement = sql.connection().createStatement()) {
      assertThat(statement.executeUpdate("COPY INTO t FROM @inbox")).isEqualTo(2);
    }

    assertThat(table()).containsExactly("1|one", "2|two");
    assertThat(copy("")).containsExactly("Copy executed with 0 files processed.");
    assertThat(copy("FORCE=TRUE"))
        .containsExactly("inbox/a.csv.gz|LOADED|2|2|1|0|null|null|null|null");
    stage("a.csv", "3,three\n");
    assertThat(copy("")).containsExactly("inbox/a.csv.gz|LOADED|1|1|1|0|null|null|null|null");
    assertThat(table()).hasSize(5);
  }

  @Test
  void quoted_fields_hold_delimiters_quotes_and_new_lines() throws Exception {
    stage("a.csv", "1,\"a, \"\"b\"\"\nc\"\r\n2,plain\r\n3,\"\"\n4,\n");

    copy(QUOTED);

    assertThat(table()).containsExactly("1|a, \"b\"\nc", "2|plain", "3|", "4|null");
  }

  @Test
  void without_enclosing_characters_quotes_are_data_and_backslash_escapes() throws Exception {
    stage("a.csv", "1,\"x\"\n2,a\\,b\n3,\\N\n");

    copy("");

    assertThat(table()).containsExactly("1|\"x\"", "2|a,b", "3|null");
  }

  @Test
  void format_options_are_obeyed() throws Exception {
    stage("a.csv", "a comment\nN;S\n 1 ; one \n\n2;none\n");

    copy(
        "FILE_FORMAT=(SKIP_HEADER=2 FIELD_DELIMITER=';' TRIM_SPACE=TRUE SKIP_BLANK_LINES=TRUE"
            + " NULL_IF=('none', ''))");

    assertThat(table()).containsExactly("1|one", "2|null");
  }

  @Test
  void named_formats_and_the_stages_own_format_are_used() throws Exception {
    sql.run(
        "CREATE OR REPLACE FILE FORMAT tabs TYPE='CSV' FIELD_DELIMITER='\\t' SKIP_HEADER=1",
        "CREATE OR REPLACE STAGE inbox FILE_FORMAT=(FORMAT_NAME='tabs')");
    stage("a.csv", "N\tS\n1\tone\n");
    copy("");
    stage("b.csv", "1,two\n");
    copy("FILE_FORMAT=(FORMAT_NAME=tabs) FILES=('a.csv.gz') FORCE=TRUE");
    copy("FILES=('b.csv.gz') FILE_FORMAT=(TYPE=CSV)");

    assertThat(table()).containsExactly("1|one", "1|one", "1|two");
    sql.run("DROP FILE FORMAT tabs");
    assertThat(sql.error("COPY INTO t FROM @inbox FILE_FORMAT=(FORMAT_NAME=tabs)").getErrorCode())
        .isEqualTo(2003);
  }

  @Test
  void byte_order_marks_and_encodings_are_understood() throws Exception {
    stage("bom.csv", "\ufeff1,é€\n");
    stage("ansi.csv", "2,é€\n", Charset.forName("windows-1252"));

    copy("FILES=('bom.csv.gz')");
    assertThat(sql.error("COPY INTO t FROM @inbox FILES=('ansi.csv.gz')").getErrorCode())
        .isEqualTo(100144);
    copy("FILES=('ansi.csv.gz') FILE_FORMAT=(ENCODING='WINDOWS1252')");

    assertThat(table()).containsExactly("1|é€", "2|é€");
  }

  @Test
  void a_bad_number_is_reported_with_file_line_and_column() throws Exception {
    stage("a.csv", "1,one\nx,two\n");

    SQLException error = sql.error("COPY INTO t FROM @inbox");

    assertThat(error.getErrorCode()).isEqualTo(100038);
    assertThat(error.getSQLState()).isEqualTo("22018");
    assertThat(error.getMessage())
        .startsWith("Numeric value 'x' is not recognized")
        .contains("File 'inbox/a.csv.gz', line 2, character 1")
        .contains("Row 2, column \"T\"[\"N\":1]");
    assertThat(table()).isEmpty();
  }

  @Test
  void a_wrong_number_of_columns_is_an_error_unless_told_otherwise() throws Exception {
    stage("a.csv", "1,one,more\n2\n");

    SQLException error = sql.error("COPY INTO t FROM @inbox");
    assertThat(error.getErrorCode()).isEqualTo(100080);
    assertThat(error.getMessage())
        .contains("Number of columns in file (3) does not match")
        .contains("the corresponding table (2)");

    copy("FILE_FORMAT=(ERROR_ON_COLUMN_COUNT_MISMATCH=FALSE)");
    assertThat(table()).containsExactly("1|one", "2|null");
  }

  @Test
  void continue_leaves_out_records_and_skip_file_leaves_out_files() throws Exception {
    stage("a.csv", "1,one\nx,two\n3,three\n");
    stage("b.csv", "4,four\n");

    List<String> rows = copy("ON_ERROR=CONTINUE FILES=('a.csv.gz')");
    assertThat(rows)
        .containsExactly(
            "inbox/a.csv.gz|PARTIALLY_LOADED|3|2|3|1|Numeric value 'x' is not recognized|2|1|"
                + "\"T\"[\"N\":1]");
    assertThat(table()).containsExactly("1|one", "3|three");

    sql.run("CREATE OR REPLACE TABLE t (n INT, s VARCHAR)");
    assertThat(copy("ON_ERROR='SKIP_FILE'"))
        .containsExactly(
            "inbox/a.csv.gz|LOAD_FAILED|3|0|1|1|Numeric value 'x' is not recognized|2|1|"
                + "\"T\"[\"N\":1]",
            "inbox/b.csv.gz|LOADED|1|1|1|0|null|null|null|null");
    assertThat(table()).containsExactly("4|four");
  }

  @Test
  void columns_can_be_named_or_matched_by_the_header() throws Exception {
    stage("a.csv", "one,1\n");
    sql.run("COPY INTO t (s, n) FROM @inbox");
    stage("b.csv", "s,other,N\ntwo,x,2\n");
    copy(
        "FILES=('b.csv.gz') FILE_FORMAT=(PARSE_HEADER=TRUE)"
            + " MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE");

    assertThat(table()).containsExactly("1|one", "2|two");
    assertThat(sql.error("COPY INTO t (nope) FROM @inbox").getErrorCode()).isEqualTo(904);
  }

  @Test
  void json_is_matched_by_name_or_loaded_whole() throws Exception {
    stage("a.json", "[{\"n\": 1, \"s\": \"one\"}, {\"N\": 2, \"x\": [1]}]");
    copy(
        "FILE_FORMAT=(TYPE=JSON STRIP_OUTER_ARRAY=TRUE)"
            + " MATCH_BY_COLUMN_NAME='CASE_INSENSITIVE'");

    assertThat(table()).containsExactly("1|one", "2|null");
    assertThat(sql.error("COPY INTO t FROM @inbox FILE_FORMAT=(TYPE=JSON) FORCE=TRUE").getMessage())
        .contains("one and only one column of type variant");
  }

  // "PARSE_JSON": keys may come in any order; by default a key that occurs twice is an error.
  @Test
  void loaded_json_equals_parsed_json() throws Exception {
    sql.run("CREATE OR REPLACE TABLE DOCS (V VARIANT)");
    stage("docs.csv", "{\"b\": 1.0, \"a\": 2}\n");
    String copy = "COPY INTO DOCS FROM @inbox FILE_FORMAT=(FIELD_DELIMITER='|') FILES=";
    sql.run(copy + "('docs.csv.gz')");
    assertThat(sql.rows("SELECT V = PARSE_JSON('{\"a\":2,\"b\":1}') FROM DOCS"))
        .containsExactly("TRUE");
    stage("twice.csv", "{\"a\": 1, \"a\": 2}\n");
    assertThat(sql.error(copy + "('twice.csv.gz')").getMessage())
        .contains("duplicate object attribute \"a\"");
  }

  @Test
  void numbers_of_a_billion_digits_are_refused() throws Exception {
    sql.run("CREATE OR REPLACE TABLE HUGE (N NUMBER(10,2))");
    stage("huge.csv", "1e999999999\n");
    assertThat(sql.error("COPY INTO HUGE FROM @inbox FILES=('huge.csv.gz')").getMessage())
        .contains("Numeric value '1e999999999' is out of range");
    stage("tiny.csv", "1e-999999999\n");
    sql.run("COPY INTO HUGE FROM @inbox FILES=('tiny.csv.gz')");
    assertThat(sql.rows("SELECT N FROM HUGE")).containsExactly("0.00");
  }

  @Test
  void types_are_converted_as_snowflake_does() throws Exception {
    sql.run(
        "CREATE OR REPLACE TABLE ty (d NUMBER(10,2), f FLOAT, b BOOLEAN, y DATE, z TIMESTAMP_NTZ)");
    stage("a.csv", "1.005,1e3,Yes,2026-02-03,2026-02-03T04:05:06.5\n2,-1,0,02/03/2026,\n");

    sql.run("COPY INTO ty FROM @inbox");

    assertThat(sql.rows("SELECT d, f, b, y FROM ty"))
        .containsExactly("1.01|1000|TRUE|2026-02-03", "2.00|-1|FALSE|2026-02-03");
    assertThat(sql.rows("SELECT count(*) FROM ty WHERE z = '2026-02-03 04:05:06.5'"))
        .containsExactly("1");
    for (String bad : List.of("x,1,1,,", "1,1,maybe,,", "1,1,1,yesterday,", "1,1,1,,never")) {
      stage("bad.csv", bad + "\n");
      assertThat(sql.error("COPY INTO ty FROM @inbox FILES=('bad.csv.gz')").getMessage())
          .as(bad)
          .contains("is not recognized");
    }
  }

  @Test
  void purge_removes_the_files_that_were_loaded() throws Exception {
    stage("a.csv", "1,one\n");

    copy("PURGE=TRUE PATTERN='.*[.]csv[.]gz'");

    assertThat(sql.rows("LIST @inbox")).isEmpty();
  }

  @Test
  void a_rolled_back_load_can_be_repeated() throws Exception {
    stage("a.csv", "1,one\n");
    sql.connection().setAutoCommit(false);
    try {
      copy("");
      sql.connection().rollback();
      assertThat(table()).isEmpty();
      copy("");
      sql.connection().commit();
    } finally {
      sql.connection().setAutoCommit(true);
    }
    assertThat(table()).containsExactly("1|one");
  }

  @Test
  void a_query_transforms_what_is_loaded() throws Exception {
    stage("a.csv", "one,1,x\ntwo,2,y\n");

    assertThat(
            sql.rows(
                "COPY INTO t (s, n) FROM (SELECT UPPER(f.$1) || $3, $2::INT * 10 FROM @inbox f)"))
        .containsExactly("inbox/a.csv.gz|LOADED|2|2|1|0|null|null|null|null");
    assertThat(table()).containsExactly("10|ONEx", "20|TWOy");

    stage("b.json", "{\"k\": {\"n\": 7}, \"s\": \"seven\"}");
    sql.run(
        "COPY INTO t FROM (SELECT $1:k.n::INT, $1:s::VARCHAR FROM @inbox/b.json)"
            + " FILE_FORMAT=(TYPE=JSON)");
    assertThat(table()).contains("7|seven").hasSize(3);
  }

  @Test
  void staged_files_can_be_queried_without_loading_them() throws Exception {
    stage("a.csv", "1;one\n2;two;more\n");
    sql.run("CREATE OR REPLACE FILE FORMAT semi TYPE=CSV FIELD_DELIMITER=';'");

    assertThat(
            sql.rows(
                "SELECT t.$1::INT + 1, $2, $4, METADATA$FILENAME, METADATA$FILE_ROW_NUMBER"
                    + " FROM @inbox/a (FILE_FORMAT => 'semi', PATTERN => '.*csv.gz') t"
                    + " WHERE $1 = '2'"))
        .containsExactly("3|two|null|inbox/a.csv.gz|2");
    sql.run("CREATE OR REPLACE TABLE u AS SELECT $2 AS s FROM @inbox (FILE_FORMAT => 'semi')");
    assertThat(sql.rows("SELECT s FROM u")).containsExactly("one", "two");
  }

  @Test
  void a_temporary_table_hides_only_the_table_of_its_own_schema() throws Exception {
    stage("a.csv", "1,one\n");
    sql.run(
        "CREATE SCHEMA other",
        "CREATE TABLE hidden (n INT, s VARCHAR)",
        "USE SCHEMA demo.public",
        "CREATE TEMP TABLE hidden (n INT, s VARCHAR)");

    sql.run("COPY INTO demo.other.hidden FROM @inbox");
    assertThat(sql.rows("SELECT n, s FROM demo.other.hidden")).containsExactly("1|one");
    assertThat(sql.rows("SELECT n, s FROM hidden")).isEmpty();

    sql.run("COPY INTO hidden FROM @inbox");
    sql.run("COPY INTO demo.public.hidden FROM (SELECT $1::INT + 1, $2 FROM @inbox) FORCE=TRUE");
    assertThat(sql.rows("SELECT n, s FROM hidden ORDER BY n")).containsExactly("1|one", "2|one");
    assertThat(sql.rows("SELECT n FROM demo.other.hidden")).containsExactly("1");
    sql.run("DROP TABLE hidden", "DROP SCHEMA other");
  }

  @Test
  void truncate_lets_files_be_loaded_again() throws Exception {
    stage("a.csv", "1,one\n");
    copy("");
    sql.run("TRUNCATE TABLE t");
    assertThat(copy("")).hasSize(1).allMatch(row -> row.contains("LOADED"));
    assertThat(table()).containsExactly("1|one");
  }

  @Test
  void what_is_not_covered_is_refused_by_name() {
    for (String statement :
        List.of(
            "COPY INTO @inbox FROM t",
            "COPY INTO t FROM @inbox VALIDATION_MODE=RETURN_ERRORS",
            "COPY INTO t FROM @inbox FILE_FORMAT=(TYPE=PARQUET)")) {
      assertThat(sql.error(statement).getSQLState()).as(statement).isEqualTo("0A000");
    }
  }
}
