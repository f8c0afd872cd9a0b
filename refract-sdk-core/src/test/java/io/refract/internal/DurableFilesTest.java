package io.refract.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has to be on the disk gets there. */
class DurableFilesTest {

  @TempDir Path directory;

  /** No test after this one shall find the flag. */
  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  @Test
  void an_interrupt_keeps_nothing_from_the_disk_and_stays_pending() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Thread.currentThread().interrupt();

    DurableFiles.write(tree.resolve("a"), "text");
    DurableFiles.forceTree(tree);
    DurableFiles.createDirectories(directory.resolve("b/c"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(tree.resolve("a")).hasContent("text");
    assertThat(directory.resolve("b/c")).isDirectory();
  }
}
