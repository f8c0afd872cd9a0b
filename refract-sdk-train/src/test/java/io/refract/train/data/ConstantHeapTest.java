package io.refract.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.tokenization.T5Tokenizer;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap that a data set needs does not grow with its texts. */
class ConstantHeapTest {

  @TempDir private Path temp;

  private String stream(int rows, String heap) throws Exception {
    Path spool = Files.createDirectory(temp.resolve("spool"));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseG1GC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.io.tmpdir=" + spool,
                "-cp",
                classPath(),
                StreamingChild.class.getName(),
                Integer.toString(rows),
                tokenizer().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertThat(child.waitFor()).as(output).isZero();
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left.filter(it -> it.toString().endsWith(".spool"))).isEmpty();
    }
    return output;
  }

  /** Surefire may run the tests on the module path; the child takes all of it as class path. */
  private static String classPath() {
    return Stream.of("java.class.path", "jdk.module.path", "surefire.test.class.path")
        .map(name -> System.getProperty(name, ""))
        .filter(path -> !path.isEmpty())
        .reduce(testClasses(), (a, b) -> a + java.io.File.pathSeparator + b);
  }

  private static String testClasses() {
    try {
      return Path.of(
                  StreamingChild.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString()
          + java.io.File.pathSeparator
          + Path.of("target", "test-classes").toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path tokenizer() throws URISyntaxException {
    return Path.of(T5Tokenizer.class.getResource("/io/refract/train/tokenization/t5").toURI());
  }

  /** The small form: their strings alone would need 20 MB. */
  @Test
  void a_hundred_thousand_rows_train_in_a_heap_of_24_megabytes() throws Exception {
    assertThat(stream(100_000, "24m"))
        .contains("90000 training, 10000 validation, 0 leaked, some target tokens");
  }

  @Tag("slow")
  @Test
  void a_million_rows_train_in_a_heap_of_64_megabytes() throws Exception {
    assertThat(stream(1_000_000, "64m"))
        .contains("900000 training, 100000 validation, 0 leaked, some target tokens");
  }
}
