package io.refract.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactManifestTest {

  /** The digest of no bytes at all, as in every table of test vectors (FIPS 180-4). */
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir Path directory;

  @Test
  void every_file_is_listed_with_size_and_sha256_in_the_order_of_its_path() throws IOException {
    write("b.txt", "abc");
    write("a/z.txt", "");
    write("a.txt", "");
    write("manifest.json", "the place of the manifest itself");

    ArtifactManifest manifest = ArtifactManifest.of(directory);

    assertThat(manifest.files())
        .containsExactly(
            new ArtifactFile("a.txt", 0, EMPTY),
            new ArtifactFile("a/z.txt", 0, EMPTY),
            // FIPS 180-4, example of one block.
            new ArtifactFile(
                "b.txt", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assertThat(manifest.size()).isEqualTo(3);
    assertThat(ArtifactManifest.fromJson(manifest.toJson())).isEqualTo(manifest);
  }

  @Test
  void the_digest_is_what_the_documented_shell_command_prints() throws Exception {
    Path shell = Path.of("/bin/sh");
    assumeTrue(
        Files.isExecutable(shell) && System.getProperty("os.name").equals("Linux"),
        "needs a Linux shell with find, sort, xargs and sha256sum");
    write("b b.txt", "abc");
    write("a/z.txt", "");
    write("a.txt", "x");
    write("\u00e9/\uffee.txt", "high in UTF-16");
    write("\u00e9/\ud83d\ude00.txt", "higher in UTF-8");
    write("manifest.json", "never listed");

    Process process =
        new ProcessBuilder(
                shell.toString(),
                "-c",
                "find . -type f ! -path ./manifest.json -printf '%P\\n' | LC_ALL=C sort"
                    + " | xargs -d '\\n' sha256sum | sha256sum")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(printed).startsWith(ArtifactManifest.of(directory).digest() + " ");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void any_single_changed_byte_changes_the_digest_and_is_found(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = new byte[1 + random.nextInt(3_000_000)];
    random.nextBytes(bytes);
    Path file = directory.resolve("model.safetensors");
    Files.write(file, bytes);
    ArtifactManifest manifest = ArtifactManifest.of(directory);
    manifest.verify(directory);

    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);

    assertThat(ArtifactManifest.of(directory).digest()).isNotEqualTo(manifest.digest());
    assertThatExceptionOfType(ArtifactException.class)
        .isThrownBy(() -> manifest.verify(directory))
        .withMessageContaining("'model.safetensors' has other bytes than listed");
  }

  @Test
  void all_problems_are_told_at_once() throws IOException {
    write("a.txt", "a");
    write("b.txt", "b");
    ArtifactManifest manifest = ArtifactManifest.of(directory);
    Files.delete(directory.resolve("a.txt"));
    write("b.txt", "bb");
    write("c.txt", "c");

    assertThatExceptionOfType(ArtifactException.class)
        .isThrownBy(() -> manifest.verify(directory))
        .withMessageContaining("'a.txt' is missing")
        .withMessageContaining("'b.txt' has 2 bytes instead of 1")
        .withMessageContaining("'c.txt' is not listed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../secret",
        "a/../../secret",
        "a//b",
        "./a",
        "a/.",
        "a\\..\\b",
        "C:/a",
        "a\nb",
        "a/"
      })
  void a_path_that_could_leave_the_directory_is_refused(String path) {
    String json =
        """
        {"digest": "%s", "files": [{"path": "%s", "size": 0, "sha256": "%s"}]}
        """
            .formatted(EMPTY, path.replace("\\", "\\\\").replace("\n", "\\n"), EMPTY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArtifactManifest.fromJson(json))
        .withMessageContaining("is not a relative, portable file path");
  }

  @Test
  void a_manifest_whose_digest_does_not_fit_is_refused() throws IOException {
    write("a.txt", "a");
    String json = ArtifactManifest.of(directory).toJson();
    String forged = json.replace("a.txt", "b.txt");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArtifactManifest.fromJson(forged))
        .withMessageContaining("does not fit its files");
  }

  @Test
  void paths_that_differ_only_in_case_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ArtifactManifest(
                    List.of(new ArtifactFile("a", 0, EMPTY), new ArtifactFile("A", 0, EMPTY))))
        .withMessageContaining("only in case");
  }

  @Test
  void a_missing_directory_is_a_clear_error() {
    assertThatExceptionOfType(ArtifactException.class)
        .isThrownBy(() -> ArtifactManifest.of(directory.resolve("none")))
        .withMessageContaining("none")
        .withMessageContaining("check that the directory exists");
  }

  @Test
  void reading_reports_its_bytes_up_to_the_end() throws IOException {
    Files.write(directory.resolve("a"), new byte[3_000_000]);
    Files.write(directory.resolve("b"), new byte[10]);
    List<ProgressEvent> events = new ArrayList<>();

    ArtifactManifest.of(directory, events::add);

    assertThat(events).hasSizeGreaterThan(3).allMatch(event -> event.total() == 3_000_010);
    assertThat(events.stream().map(ProgressEvent::done)).isSorted();
    assertThat(events.get(events.size() - 1).finished()).isTrue();
  }

  @Test
  void a_copy_of_changed_files_is_refused() throws IOException {
    write("source/a.txt", "a");
    Path source = directory.resolve("source");
    ArtifactManifest manifest = ArtifactManifest.of(source);
    write("source/a.txt", "b");

    assertThatExceptionOfType(ArtifactException.class)
        .isThrownBy(
            () -> manifest.copy(source, directory.resolve("target"), ProgressListener.none()))
        .withMessageContaining("'a.txt' has other bytes than its manifest says");
    assertThat(directory.resolve("target")).isEmptyDirectory();
  }

  private void write(String path, String text) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
