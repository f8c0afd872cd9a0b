package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.SnowflakeException;
import io.refract.snowflake.stage.PutOptions;
import io.refract.snowflake.stage.Stage;
import io.refract.snowflake.stage.StageFile;
import io.refract.snowflake.stage.StagedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages with the real driver. */
class SdkStageTest {

  private static SdkTarget target;

  @TempDir Path directory;
  private Stage stage;

  @BeforeAll
  static void open() {
    target = SdkTarget.open();
  }

  @AfterAll
  static void close() {
    target.close();
  }

  @BeforeEach
  void create() {
    stage = target.snowflake().stage("files").createIfMissing();
  }

  @AfterEach
  void drop() {
    stage.drop();
  }

  @Test
  void a_directory_goes_up_and_comes_back_as_it_was() throws IOException {
    write("tree/a.txt", "a");
    write("tree/empty.txt", "");
    write("tree/sub/deep/b.bin", "bytes\0\1");
    write("tree/sub/model.gz", "not really compressed");

    List<StagedFile> staged = stage.put(directory.resolve("tree"), "up/here");

    assertThat(staged).hasSize(4).allMatch(StagedFile::uploaded);
    assertThat(stage.list("up"))
        .extracting(StageFile::path)
        .containsExactlyInAnyOrder(
            "up/here/a.txt", "up/here/empty.txt", "up/here/sub/deep/b.bin", "up/here/sub/model.gz");
    assertThat(stage.list("up")).allMatch(file -> file.lastModified() != null);
    Path back = directory.resolve("back");
    stage.get("up/here", back);
    assertThat(back.resolve("a.txt")).hasContent("a");
    assertThat(back.resolve("empty.txt")).isEmptyFile();
    assertThat(back.resolve("sub/deep/b.bin")).hasContent("bytes\0\1");
    assertThat(back.resolve("sub/model.gz")).hasContent("not really compressed");
  }

  @Test
  void odd_names_survive_the_way_up_and_down() throws IOException {
    write("it's a tree/a b.txt", "1");
    write("it's a tree/caf\u00e9 \u4e16.txt", "2");
    write("it's a tree/sub dir/it's.txt", "3");
    write("it's a tree/x;y--z.txt", "4");

    stage.put(directory.resolve("it's a tree"), "odd dir");

    Path back = directory.resolve("it's back");
    stage.get("odd dir", back);
    assertThat(back.resolve("a b.txt")).hasContent("1");
    assertThat(back.resolve("caf\u00e9 \u4e16.txt")).hasContent("2");
    assertThat(back.resolve("sub dir/it's.txt")).hasContent("3");
    assertThat(back.resolve("x;y--z.txt")).hasContent("4");
  }

  @Test
  void a_second_put_replaces_the_file_unless_it_is_told_to_keep_it() throws IOException {
    Path file = write("a.txt", "first");
    stage.put(file);
    Files.writeString(file, "second");

    assertThat(stage.put(file, PutOptions.defaults().overwrite(false)))
        .extracting(StagedFile::uploaded)
        .containsExactly(false);
    stage.get("a.txt", directory.resolve("kept"));
    assertThat(directory.resolve("kept/a.txt")).hasContent("first");

    stage.put(file);
    stage.get("a.txt", directory.resolve("replaced"));
    assertThat(directory.resolve("replaced/a.txt")).hasContent("second");
  }

  @Test
  void removing_takes_what_is_named_and_not_its_neighbours() throws IOException {
    write("tree/model/a.txt", "1");
    write("tree/model_2/a.txt", "2");
    write("tree/model_2/a.txt.bak", "3");
    stage.put(directory.resolve("tree"));

    assertThat(stage.remove("model")).isEqualTo(1);
    assertThat(stage.remove("model_2/a.txt")).isEqualTo(1);
    assertThat(stage.remove("nothing")).isZero();

    assertThat(stage.list()).extracting(StageFile::path).containsExactly("model_2/a.txt.bak");
  }

  @Test
  void a_stage_with_a_quoted_name_works_as_well() throws IOException {
    Path file = write("a.txt", "x");
    Stage quoted = target.snowflake().stage("\"My 'odd' stage\"").createIfMissing();

    quoted.put(file, "d");

    assertThat(quoted.list()).extracting(StageFile::path).containsExactly("d/a.txt");
    quoted.drop();
  }

  @Test
  void a_stage_that_does_not_exist_is_an_error_that_names_it() {
    assertThatThrownBy(() -> target.snowflake().stage("nowhere").list())
        .isInstanceOf(SnowflakeException.class)
        .hasMessageContaining("NOWHERE");
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
