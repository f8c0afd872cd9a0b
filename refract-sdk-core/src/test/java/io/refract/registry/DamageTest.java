package io.refract.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the bytes of a version is found when it is opened. */
class DamageTest {

  @TempDir Path directory;
  private ModelRegistry registry;
  private Path version;

  @BeforeEach
  void register() {
    registry = ModelRegistry.at(directory.resolve("registry"));
    ModelVersion registered = Registrations.commit(registry, "news", "hello");
    registry.promote(registered).to(LifecycleStage.PRODUCTION).commit();
    version = registered.directory();
  }

  @Test
  void a_truncated_file_is_found() throws IOException {
    Files.writeString(version.resolve("model/word.txt"), "hel");

    assertDamaged("'model/word.txt' has 3 bytes instead of 5");
  }

  @Test
  void an_altered_file_is_found() throws IOException {
    Files.writeString(version.resolve("model/word.txt"), "hallo");

    assertDamaged("'model/word.txt' has other bytes than listed");
  }

  @Test
  void a_missing_file_is_found() throws IOException {
    Files.delete(version.resolve("model/more/below/size.txt"));

    assertDamaged("'model/more/below/size.txt' is missing");
  }

  @Test
  void an_extra_file_is_found() throws IOException {
    Files.writeString(version.resolve("model/extra.bin"), "");

    assertDamaged("'model/extra.bin' is not listed");
  }

  @Test
  void a_link_in_place_of_a_file_is_found() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("word.txt"), "hello");
    Files.delete(version.resolve("model/word.txt"));
    Files.createSymbolicLink(version.resolve("model/word.txt"), elsewhere);

    assertDamaged("'model/word.txt' is a symbolic link");
  }

  @Test
  void a_truncated_manifest_is_found() throws IOException {
    String manifest = Files.readString(version.resolve("manifest.json"));
    Files.writeString(version.resolve("manifest.json"), manifest.substring(0, 200));

    assertDamaged("manifest.json");
  }

  @Test
  void a_manifest_that_was_made_to_fit_other_files_is_found_by_the_audit_log() throws IOException {
    ModelVersion other =
        Registrations.commit(ModelRegistry.at(directory.resolve("other")), "news", "other");
    Files.copy(
        other.directory().resolve("manifest.json"),
        version.resolve("manifest.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertDamaged("manifest.json is not the one that the audit log names");
  }

  @Test
  void forged_metrics_are_not_what_registering_again_returns() throws IOException {
    Path manifest = version.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("0.31", "0.99"));

    ModelVersion again = Registrations.commit(registry, "news", "hello");

    assertThat(again.number()).isEqualTo(2);
    assertThat(again.metrics()).containsEntry("rougeL", 0.31);
  }

  @Test
  void a_version_under_another_number_is_found() throws IOException {
    Files.move(version, version.resolveSibling("2"));

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.version("news", 2))
        .withMessageContaining("it belongs to version 1 of 'news'");
  }

  @Test
  void altered_provenance_is_not_returned() throws IOException {
    ModelVersion opened = registry.version("news", 1);
    Path file = version.resolve("provenance.json");
    Files.writeString(file, Files.readString(file).replace("\"seed\": 42", "\"seed\": 43"));

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(opened::provenance)
        .withMessageContaining("provenance.json was changed");
  }

  @Test
  void a_damaged_version_does_not_keep_others_from_being_used() throws IOException {
    Files.writeString(version.resolve("manifest.json"), "");

    ModelVersion next = Registrations.commit(registry, "news", "world");

    assertThat(next.number()).isEqualTo(2);
    assertThat(registry.version("news", 2)).isEqualTo(next);
  }

  private void assertDamaged(String reason) {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.version("news", 1))
        .withMessageContaining("cannot open version 1 of 'news': it is damaged")
        .withMessageContaining(reason);
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.scorer("news", LifecycleStage.PRODUCTION))
        .withMessageContaining(reason);
  }
}
