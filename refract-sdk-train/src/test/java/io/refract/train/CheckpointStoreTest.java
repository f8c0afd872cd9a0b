package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

  @TempDir Path directory;

  @Test
  void a_directory_that_could_not_be_opened_is_not_left_locked() throws IOException {
    Checkpoints checkpoints = Checkpoints.in(directory);
    Path leftover = Files.createDirectory(directory.resolve(".step-00000003.part42"));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(
            () ->
                CheckpointStore.open(
                    checkpoints,
                    path -> {
                      throw new IOException(path.getFileName() + " is busy");
                    }))
        .withMessageContaining(directory.toString())
        .withMessageContaining(".step-00000003.part42 is busy");
    assertThat(leftover).exists();

    try (CheckpointStore store = CheckpointStore.open(checkpoints)) {
      assertThat(store.newest()).isEmpty();
    }
    assertThat(leftover).doesNotExist();
  }
}
