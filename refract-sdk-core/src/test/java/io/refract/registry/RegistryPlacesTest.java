package io.refract.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same directory is the same registry, by whatever way and in whatever language it is opened.
 */
class RegistryPlacesTest {

  @TempDir Path directory;

  @Test
  void a_registry_behind_a_link_is_one_before_and_after_it_is_there() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);

    ModelRegistry before = ModelRegistry.at(link.resolve("below/registry"));
    ModelVersion version = Registrations.commit(before, "news", "hello");
    ModelRegistry after = ModelRegistry.at(link.resolve("below/registry"));

    after.promote(version).to(LifecycleStage.VALIDATION).commit();
    assertThat(after.version("news", 1)).isEqualTo(version);
    assertThat(before.directory()).isEqualTo(after.directory());
  }

  @Test
  void the_digits_of_a_language_do_not_get_into_file_names() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    try {
      ModelRegistry registry = ModelRegistry.at(directory.resolve("registry"));
      Registrations.commit(registry, "news", "hello");
      Registrations.commit(registry, "news", "world");
      assertThat(registry.directory().resolve("models/news/events/00000002/event.json")).exists();
      assertThat(registry.auditLog("news").events()).hasSize(2);
    } finally {
      Locale.setDefault(before);
    }
  }
}
