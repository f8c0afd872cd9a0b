package io.refract.snowflake.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.progress.ProgressEvent;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.testing.FakeStages;
import io.refract.snowflake.testing.RecordingSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StageTest {

  private final FakeStages stages = new FakeStages();
  private final RecordingSession session = new RecordingSession().answering(stages);
  private final Stage stage = Stage.of(session, ObjectName.parse("ml.public.t5_p_model"));

  @TempDir Path directory;

  @Test
  void creating_and_dropping_send_these_statements() {
    stage.createIfMissing().drop();

    assertThat(session.statements)
        .containsExactly(
            "CREATE STAGE IF NOT EXISTS ML.PUBLIC.T5_P_MODEL",
            "DROP STAGE IF EXISTS ML.PUBLIC.T5_P_MODEL");
  }

  @Test
  void a_file_is_put_as_it_is_and_replaces_an_older_one() throws IOException {
    Path file = write("config.json", "{}");

    List<StagedFile> staged = stage.put(file, "news/1");

    assertThat(session.statements)
        .containsExactly(
            "PUT 'file://"
                + file
                + "' @ML.PUBLIC.T5_P_MODEL/news/1/ PARALLEL=4 AUTO_COMPRESS=FALSE OVERWRITE=TRUE");
    assertThat(staged).containsExactly(new StagedFile(file, "news/1/config.json", 2, true));
  }

  @Test
  void a_directory_without_sub_directories_is_put_with_one_statement() throws IOException {
    write("tree/c.txt", "c");
    write("tree/sub/a.txt", "a");
    write("tree/sub/b.txt", "b");

    stage.put(directory.resolve("tree"), PutOptions.defaults().overwrite(false).parallel(8));

    assertThat(session.statements)
        .containsExactly(
            "PUT 'file://"
                + directory
                + "/tree/c.txt' @ML.PUBLIC.T5_P_MODEL PARALLEL=8 AUTO_COMPRESS=FALSE OVERWRITE=FALSE",
            "PUT 'file://"
                + directory
                + "/tree/sub/*' @ML.PUBLIC.T5_P_MODEL/sub/ PARALLEL=8"
                + " AUTO_COMPRESS=FALSE OVERWRITE=FALSE");
  }

  @Test
  void names_that_put_cannot_name_travel_under_a_link() throws IOException {
    write("it's/what*is?this.txt", "x");
    write("it's/a b \u4e16.txt", "yy");

    stage.put(directory.resolve("it's"), "odd ones");

    assertThat(stage.list())
        .extracting(StageFile::path)
        .containsExactlyInAnyOrder("odd ones/what*is?this.txt", "odd ones/a b \u4e16.txt");
  }

  @Test
  void what_the_driver_did_not_upload_is_an_error() throws IOException {
    Path file = write("model.safetensors", "weights");
    stages.failing.add("T5_P_MODEL/model.safetensors");

    assertThatThrownBy(() -> stage.put(file))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("ERROR disk is full");
  }

  @Test
  void a_file_that_was_kept_is_reported_as_not_uploaded() throws IOException {
    Path file = write("a.txt", "new");
    put("a.txt", "older");

    assertThat(stage.put(file, PutOptions.defaults().overwrite(false)))
        .extracting(StagedFile::uploaded)
        .containsExactly(false);
  }

  @Test
  void a_source_that_is_not_there_is_an_error() {
    assertThatThrownBy(() -> stage.put(directory.resolve("nothing")))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("there is no such file or directory");
  }

  @Test
  void progress_counts_bytes_from_nothing_to_all() throws IOException {
    write("tree/a.txt", "12345");
    write("tree/sub/b.txt", "123");
    List<ProgressEvent> events = new ArrayList<>();

    stage.put(directory.resolve("tree"), PutOptions.defaults().progress(events::add));

    assertThat(events).extracting(ProgressEvent::done).containsExactly(0L, 5L, 8L);
    assertThat(events).allMatch(event -> event.total() == 8 && event.unit().equals("bytes"));
  }

  @Test
  void listing_a_directory_leaves_out_those_that_only_begin_alike() {
    put("model/a", "1");
    put("model_2/a", "12");

    assertThat(stage.list("model")).extracting(StageFile::path).containsExactly("model/a");
    assertThat(session.statements).containsExactly("LIST @ML.PUBLIC.T5_P_MODEL/model");
  }

  @Test
  void getting_a_directory_builds_its_sub_directories_again() throws IOException {
    put("news/a.txt", "a");
    put("news/sub/a.txt", "other");
    put("news_2/a.txt", "no");
    Path target = directory.resolve("target");

    List<Path> files = stage.get("news", target);

    assertThat(files).containsExactly(target.resolve("a.txt"), target.resolve("sub/a.txt"));
    assertThat(target.resolve("sub/a.txt")).hasContent("other");
    assertThat(session.statements.get(1))
        .matches(
            "GET @ML\\.PUBLIC\\.T5_P_MODEL/news/a\\.txt 'file://.*/target/\\.refract-get-\\d+/'");
    assertThat(target.toFile().list()).containsExactlyInAnyOrder("a.txt", "sub");
  }

  @Test
  void getting_what_is_not_there_is_an_error() {
    assertThatThrownBy(() -> stage.get("nothing", directory))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("@ML.PUBLIC.T5_P_MODEL/nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"d/../../evil", "d/..", "d//evil", "d/a\\..\\evil", "d/C:evil"})
  void a_hostile_name_on_the_stage_writes_nothing(String name) {
    put("d/good", "g");
    put(name, "evil");
    Path target = directory.resolve("target");

    assertThatThrownBy(() -> stage.get("d", target))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("Nothing was written");
    assertThat(target).doesNotExist();
  }

  @Test
  void a_neighbour_with_a_colon_does_not_keep_a_file_from_being_brought() throws IOException {
    put("d/data", "1");
    put("d/data_10:00.csv", "2");
    Path target = directory.resolve("target");

    assertThat(stage.get("d/data", target)).containsExactly(target.resolve("data"));
    assertThat(target.toFile().list()).containsExactly("data");
  }

  @Test
  void a_hostile_name_that_get_brings_along_writes_nothing() {
    put("d/good", "g");
    put("d/good\\..\\..\\evil", "evil");
    Path target = directory.resolve("target");

    assertThatThrownBy(() -> stage.get("d/good", target))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("Nothing was written");
    assertThat(target).doesNotExist();
  }

  @Test
  void files_that_get_cannot_tell_apart_are_refused() {
    put("d/a.txt", "this");
    put("d/a.txt_old/a.txt", "other");

    assertThatThrownBy(() -> stage.get("d/a.txt", directory.resolve("target")))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("d/a.txt_old/a.txt");
  }

  @Test
  void a_link_in_the_target_is_not_followed_out_of_it() throws IOException {
    put("d/sub/file", "x");
    put("d/sub/deeper/file", "x");
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path target = Files.createDirectory(directory.resolve("target"));
    Files.createSymbolicLink(target.resolve("sub"), outside);

    assertThatThrownBy(() -> stage.get("d", target)).isInstanceOf(StageException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void removing_a_directory_leaves_its_neighbours() {
    put("model/a", "1");
    put("model_2/a", "2");

    assertThat(stage.remove("model")).isEqualTo(1);

    assertThat(stages.files.keySet()).containsExactly("T5_P_MODEL/model_2/a");
    assertThat(session.statements.get(1)).isEqualTo("REMOVE @ML.PUBLIC.T5_P_MODEL/model/");
  }

  @Test
  void removing_a_file_leaves_those_that_begin_alike() {
    put("d/a.txt", "1");
    put("d/a.txt.bak", "2");

    assertThat(stage.remove("d/a.txt")).isEqualTo(1);

    assertThat(stages.files.keySet()).containsExactly("T5_P_MODEL/d/a.txt.bak");
    assertThat(session.statements.get(1))
        .isEqualTo("REMOVE @ML.PUBLIC.T5_P_MODEL/d/a.txt PATTERN='(.*/)?d/a[.]txt'");
  }

  @Test
  void a_lone_file_is_removed_by_its_path() {
    put("d/a.txt", "1");

    assertThat(stage.remove("d/a.txt")).isEqualTo(1);
    assertThat(session.statements.get(1)).isEqualTo("REMOVE @ML.PUBLIC.T5_P_MODEL/d/a.txt");
  }

  @Test
  void sizes_fit_as_they_are_and_padded_by_encryption() {
    assertThat(new StageFile("a", 32, null, null).holds(32)).isTrue();
    assertThat(new StageFile("a", 48, null, null).holds(32)).isTrue();
    assertThat(new StageFile("a", 32, null, null).holds(31)).isTrue();
    assertThat(new StageFile("a", 16, null, null).holds(32)).isFalse();
    assertThat(new StageFile("a", 33, null, null).holds(32)).isFalse();
  }

  @Test
  void local_paths_of_windows_get_slashes() {
    assertThat(LocalFiles.uri("C:\\data\\a b.txt", '\\')).isEqualTo("'file://C:/data/a b.txt'");
    assertThat(LocalFiles.uri("/data/a b.txt", '/')).isEqualTo("'file:///data/a b.txt'");
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void put(String path, String content) {
    stages.files.put("T5_P_MODEL/" + path, content.getBytes(StandardCharsets.UTF_8));
  }
}
