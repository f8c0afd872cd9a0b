package io.refract.snowflake.embedded.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageFilesTest {

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
  void new_stage() throws SQLException {
    sql.run("CREATE OR REPLACE STAGE models");
  }

  private Path file(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text, UTF_8);
  }

  @Test
  void put_compresses_unless_told_otherwise() throws Exception {
    Path file = file("a.csv", "1,2\n");

    assertThat(sql.column("PUT file://" + file + " @models", "target")).containsExactly("a.csv.gz");
    assertThat(sql.column("PUT file://" + file + " @models AUTO_COMPRESS=FALSE", "target"))
        .containsExactly("a.csv");
    assertThat(sql.column("LIST @models", "name"))
        .containsExactly("models/a.csv", "models/a.csv.gz");
  }

  @Test
  void put_skips_a_file_that_is_there_unless_it_overwrites() throws Exception {
    Path file = file("a.csv", "one");
    String put = "PUT file://" + file + " @models AUTO_COMPRESS=FALSE";

    assertThat(sql.column(put, "status")).containsExactly("UPLOADED");
    assertThat(sql.column(put, "status")).containsExactly("SKIPPED");
    Files.writeString(file, "three");
    assertThat(sql.column(put + " OVERWRITE=TRUE PARALLEL=8", "status"))
        .containsExactly("UPLOADED");
    assertThat(sql.column("LIST @models", "size")).containsExactly("5");
  }

  @Test
  void put_takes_wildcards_quotes_and_odd_names() throws Exception {
    file("in/a b.txt", "x");
    file("in/ünï.txt", "y");
    sql.run("CREATE OR REPLACE STAGE \"odd ~ Stage\"");

    sql.run(
        "PUT 'file://" + directory + "/in/*.txt' '@\"odd ~ Stage\"/a dir/~x/' AUTO_COMPRESS=FALSE");

    assertThat(sql.column("LIST '@\"odd ~ Stage\"'", "name"))
        .containsExactly("odd ~ stage/a dir/~x/a b.txt", "odd ~ stage/a dir/~x/ünï.txt");
    Path target = Files.createDirectory(directory.resolve("out"));
    sql.run("GET '@\"odd ~ Stage\"/a dir/~x/a b.txt' 'file://" + target + "/'");
    assertThat(target.resolve("a b.txt")).hasContent("x");
  }

  @Test
  void a_path_with_points_stays_inside_the_stage() throws Exception {
    Path file = file("a.txt", "x");

    sql.run("PUT file://" + file + " @models/../../up AUTO_COMPRESS=FALSE");

    assertThat(sql.column("LIST @models", "name")).containsExactly("models/../../up/a.txt");
  }

  @Test
  void list_shows_name_size_md5_and_time_in_this_order() throws Exception {
    Path file = file("a.txt", "hello");
    sql.run("PUT file://" + file + " @models/sub AUTO_COMPRESS=FALSE");

    List<String> rows = sql.rows("LS @models/sub");

    assertThat(rows).hasSize(1);
    // printf hello | md5sum
    assertThat(rows.get(0))
        .matches(
            "models/sub/a\\.txt\\|5\\|5d41402abc4b2a76b9719d911017c592\\|"
                + "\\w{3}, \\d+ \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
  }

  @Test
  void list_finds_by_prefix_and_by_pattern() throws Exception {
    for (String name : List.of("a.csv", "ab.csv", "b.json")) {
      sql.run("PUT file://" + file(name, "x") + " @models/d AUTO_COMPRESS=FALSE");
    }

    assertThat(sql.column("LIST @models/d/a", "name"))
        .containsExactly("models/d/a.csv", "models/d/ab.csv");
    assertThat(sql.column("LIST @models PATTERN='.*[.]json'", "name"))
        .containsExactly("models/d/b.json");
  }

  @Test
  void remove_deletes_by_prefix() throws Exception {
    for (String path : List.of("my", "my_new", "other")) {
      sql.run("PUT file://" + file("a.csv", "x") + " @models/" + path + " AUTO_COMPRESS=FALSE");
    }

    assertThat(sql.rows("REMOVE @models/my"))
        .containsExactly("models/my/a.csv|removed", "models/my_new/a.csv|removed");
    assertThat(sql.rows("RM @models PATTERN='nothing'")).isEmpty();
    assertThat(sql.column("LIST @models", "name")).containsExactly("models/other/a.csv");
  }

  @Test
  void get_copies_files_flat_and_can_filter() throws Exception {
    sql.run("PUT file://" + file("a.csv", "A") + " @models/x AUTO_COMPRESS=FALSE");
    sql.run("PUT file://" + file("b.txt", "B") + " @models/y AUTO_COMPRESS=FALSE");
    Path all = Files.createDirectory(directory.resolve("all"));
    Path some = Files.createDirectory(directory.resolve("some"));

    assertThat(sql.column("GET @models file://" + all + "/", "file"))
        .containsExactlyInAnyOrder("x/a.csv", "y/b.txt");
    sql.run("GET @models file://" + some + "/ PATTERN='.*[.]txt' PARALLEL=2");

    assertThat(all.resolve("a.csv")).hasContent("A");
    assertThat(some).isDirectoryContaining(path -> path.endsWith("b.txt"));
    assertThat(some.resolve("a.csv")).doesNotExist();
  }

  @Test
  void get_of_nothing_gives_no_rows() throws Exception {
    assertThat(sql.rows("GET @models file://" + directory + "/")).isEmpty();
  }

  @Test
  void a_stream_is_uploaded_and_downloaded() throws Exception {
    StreamApi streams = new StreamApi(sql.connection());
    byte[] bytes = "streamed".getBytes(UTF_8);

    streams.upload("models", "p", "s.txt", new ByteArrayInputStream(bytes), false);
    streams.upload("models", "p", "z.txt", new ByteArrayInputStream(bytes), true);

    try (InputStream in = streams.download("models", "p/s.txt", false)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    try (InputStream in = streams.download("models", "p/z.txt.gz", true)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void user_and_table_stages_exist_without_being_created() throws Exception {
    Path file = file("a.csv", "1");
    sql.run("CREATE OR REPLACE TABLE t (n INT)");

    sql.run("PUT file://" + file + " @~/mine", "PUT file://" + file + " @%t");

    assertThat(sql.column("LIST @~", "name")).containsExactly("mine/a.csv.gz");
    assertThat(sql.column("LIST @%t", "name")).containsExactly("a.csv.gz");
    assertThat(sql.error("PUT file://" + file + " @%nope").getErrorCode()).isEqualTo(2003);
  }

  @Test
  void a_table_that_is_created_anew_has_an_empty_stage() throws Exception {
    Path file = file("a.csv", "1");
    sql.run("CREATE OR REPLACE TABLE anew (n INT)", "PUT file://" + file + " @%anew");
    sql.run("ALTER TABLE anew ADD COLUMN s VARCHAR(5)", "COMMENT ON TABLE anew IS 'changed'");
    assertThat(sql.column("LIST @%anew", "name")).containsExactly("a.csv.gz");

    sql.run("DROP TABLE anew", "CREATE TABLE anew (n INT)", "COPY INTO anew FROM @%anew");

    assertThat(sql.rows("LIST @%anew")).isEmpty();
    assertThat(sql.rows("SELECT n FROM anew")).isEmpty();
    sql.run("PUT file://" + file + " @%anew", "CREATE OR REPLACE TABLE anew (n INT)");
    assertThat(sql.rows("LIST @%anew")).isEmpty();
  }

  @Test
  void temporary_tables_of_one_name_have_a_stage_each() throws Exception {
    sql.run("CREATE TEMP TABLE mine (n INT)", "PUT file://" + file("a.csv", "1") + " @%mine");

    try (Sql other = Sql.to(snowflake)) {
      other.run("CREATE TEMP TABLE mine (n INT)");
      assertThat(other.rows("LIST @%mine")).isEmpty();
    }

    assertThat(sql.column("LIST @%mine", "name")).containsExactly("a.csv.gz");
    sql.run("DROP TABLE mine");
  }

  @Test
  void a_missing_stage_is_reported_as_snowflake_does() throws Exception {
    Path file = file("a.csv", "1");
    for (String statement :
        List.of("PUT file://" + file + " @nope", "LIST @nope", "REMOVE @nope", "DROP STAGE nope")) {
      SQLException error = sql.error(statement);
      assertThat(error.getErrorCode()).as(statement).isEqualTo(2003);
      assertThat(error.getSQLState()).isEqualTo("02000");
      assertThat(error.getMessage())
          .contains("'DEMO.PUBLIC.NOPE' does not exist or not authorized");
    }
  }

  @Test
  void create_or_replace_and_drop_lose_the_files() throws Exception {
    Path file = file("a.csv", "1");
    sql.run("PUT file://" + file + " @models");

    sql.run("CREATE STAGE IF NOT EXISTS models");
    assertThat(sql.rows("LIST @models")).hasSize(1);
    assertThat(sql.error("CREATE STAGE models").getErrorCode()).isEqualTo(2002);
    sql.run("CREATE OR REPLACE STAGE models COMMENT='new' ENCRYPTION=(TYPE='SNOWFLAKE_SSE')");
    assertThat(sql.rows("LIST @models")).isEmpty();
    sql.run("PUT file://" + file + " @models", "DROP STAGE models", "CREATE STAGE models");
    assertThat(sql.rows("LIST @models")).isEmpty();
  }

  @Test
  void external_stages_are_refused_by_name() {
    SQLException error = sql.error("CREATE STAGE s URL='s3://bucket/'");

    assertThat(error.getSQLState()).isEqualTo("0A000");
    assertThat(error.getMessage()).contains("URL");
  }

  @Test
  void a_compressed_source_is_kept_as_it_is() throws Exception {
    Path plain = file("a.csv", "1");
    sql.run("PUT file://" + plain + " @models");
    Path out = Files.createDirectory(directory.resolve("out"));
    sql.run("GET @models file://" + out + "/");

    sql.run("PUT file://" + out.resolve("a.csv.gz") + " @models/again");

    assertThat(sql.column("LIST @models/again", "name")).containsExactly("models/again/a.csv.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(out.resolve("a.csv.gz")))) {
      assertThat(in.readAllBytes()).isEqualTo("1".getBytes(UTF_8));
    }
  }
}
