package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.testing.ChildJvm;
import io.refract.train.tokenization.T5Tokenizer;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap that a data set needs does not grow with its texts. */
class ConstantHeapTest {

  @TempDir private Path temp;

  private String stream(int rows, String heap) throws Exception {
    Path spool = Files.createDirectory(temp.resolve("spool"));
    ChildJvm child =
        ChildJvm.run(
            StreamingChild.class,
            entry -> true,
            List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError", "-Djava.io.tmpdir=" + spool),
            Integer.toString(rows),
            tokenizer().toString());
    assertThat(child.status()).as(child.output()).isZero();
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left.filter(it -> it.toString().endsWith(".spool"))).isEmpty();
    }
    return child.output();
  }

  private static Path tokenizer() throws URISyntaxException {
    return Path.of(T5Tokenizer.class.getResource("/io/refract/train/tokenization/t5").toURI());
  }

  /** The small form: as strings and arrays of ids the rows alone would need some 18 MB. */
  @Test
  void fifty_thousand_rows_train_in_a_heap_of_16_megabytes() throws Exception {
    assertThat(stream(50_000, "16m"))
        .contains("45000 training, 5000 validation, 0 leaked, some target tokens");
  }

  @Tag("slow")
  @Test
  void a_million_rows_train_in_a_heap_of_64_megabytes() throws Exception {
    assertThat(stream(1_000_000, "64m"))
        .contains("900000 training, 100000 validation, 0 leaked, some target tokens");
  }
}
