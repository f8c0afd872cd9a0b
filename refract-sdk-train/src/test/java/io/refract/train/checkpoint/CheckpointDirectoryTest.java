package io.refract.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {

  @TempDir Path folder;

  private static void writeOneFile(Path directory) {
    try {
      Files.writeString(directory.resolve("config.json"), "{}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertFolderHoldsOnly(String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }

  @Test
  void a_new_directory_appears_with_its_parents() {
    Path target = folder.resolve("a/b");
    CheckpointDirectory.write(target, CheckpointDirectoryTest::writeOneFile);
    assertThat(target.resolve("config.json")).hasContent("{}");
  }

  @Test
  void an_empty_directory_is_filled() throws IOException {
    Path target = Files.createDirectory(folder.resolve("a"));
    CheckpointDirectory.write(target, CheckpointDirectoryTest::writeOneFile);
    assertThat(target.resolve("config.json")).exists();
    assertFolderHoldsOnly("a");
  }

  @Test
  void a_directory_with_content_is_refused_and_keeps_it() throws IOException {
    Path target = Files.createDirectory(folder.resolve("a"));
    Files.writeString(target.resolve("notes.txt"), "mine");
    assertThatThrownBy(
            () -> CheckpointDirectory.write(target, CheckpointDirectoryTest::writeOneFile))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("not empty");
    assertThat(target.resolve("notes.txt")).hasContent("mine");
    assertThat(target.resolve("config.json")).doesNotExist();
  }

  @Test
  void a_file_in_its_place_is_refused() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "mine");
    assertThatThrownBy(
            () -> CheckpointDirectory.write(target, CheckpointDirectoryTest::writeOneFile))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("it is a file");
    assertThat(target).hasContent("mine");
  }

  @Test
  void a_failure_half_way_leaves_nothing() throws IOException {
    assertThatThrownBy(
            () ->
                CheckpointDirectory.write(
                    folder.resolve("a"),
                    directory -> {
                      writeOneFile(directory);
                      throw new IllegalStateException("disk full");
                    }))
        .hasMessage("disk full");
    assertFolderHoldsOnly();
  }
}
