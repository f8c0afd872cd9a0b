package io.refract.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download holds the verified files of a version, or nothing that could be taken for them. */
class DownloadTest {

  @TempDir Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void open() {
    registry = ModelRegistry.at(directory.resolve("registry"));
  }

  @Test
  void a_download_holds_the_verified_files_and_can_be_continued() throws IOException {
    ModelVersion version = Registrations.commit(registry, "news", "hello");
    Path target = directory.resolve("copy");

    registry.download(version, target);

    version.manifest().verify(target);
    assertThat(target.resolve("manifest.json")).exists();
    // As if the process had died in the middle:
    Files.delete(target.resolve("manifest.json"));
    Files.delete(target.resolve("model/word.txt"));
    Files.writeString(target.resolve("model/word.txt.refract-partial"), "he");
    registry.download(version, target);
    version.manifest().verify(target);
    assertThat(target.resolve("model/word.txt")).hasContent("hello");
  }

  @Test
  void a_download_touches_no_directory_with_other_content() throws IOException {
    ModelVersion first = Registrations.commit(registry, "news", "hello");
    ModelVersion second = Registrations.commit(registry, "news", "world");
    Path target = directory.resolve("copy");
    registry.download(first, target);

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.download(second, target))
        .withMessageContaining("another version is there");
    Files.writeString(directory.resolve("mine.txt"), "mine");
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.download(second, directory))
        .withMessageContaining("does not belong to it");
    assertThat(directory.resolve("mine.txt")).hasContent("mine");
  }

  @Test
  void a_download_of_damaged_files_is_refused() throws IOException {
    ModelVersion version = Registrations.commit(registry, "news", "hello");
    Files.writeString(version.modelDirectory().resolve("word.txt"), "hallo");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.download(version, directory.resolve("copy")))
        .withMessageContaining("'model/word.txt' has other bytes");
    assertThat(directory.resolve("copy/manifest.json")).doesNotExist();
  }
}
