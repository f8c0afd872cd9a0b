package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Public sets that lie beside a checkout of the project in {@code shared/data}, where there are
 * any; they are no part of the project.
 */
class RealDataTest {

  private static Path folder = Path.of("");

  @BeforeAll
  static void find() {
    Path here = Path.of("").toAbsolutePath();
    Path found = null;
    for (Path level = here; level != null && found == null; level = level.getParent()) {
      Path candidate = level.resolve("shared/data");
      found = Files.isDirectory(candidate) ? candidate : null;
    }
    assumeTrue(found != null, "no shared/data beside the project: the public sets are not read");
    folder = found;
  }

  @Test
  void banking77_is_read_whole() {
    Dataset data =
        Dataset.csv(folder.resolve("banking77/train.csv")).source("text").target("category").read();
    assertThat(data.size()).isEqualTo(10_003);
    assertThat(data.examples().stream().map(Example::target).distinct()).hasSize(77);
  }

  @Test
  void support_tickets_repeat_their_requests_on_one_side_only() {
    Dataset data =
        Dataset.csv(folder.resolve("support_tickets/support_tickets.csv"))
            .source("REQUEST")
            .target("SERVICE_TYPE")
            .read();
    assertThat(data.size()).isEqualTo(151);
    assertThat(data.digest())
        .isEqualTo("f59b59cf157d7a5527a883df083906cfd715348174e2b53fb0a26b073261eb76");
    assertThat(data.report().duplicates() + data.report().conflicts()).isEqualTo(21);
    Split split = data.holdOut(0.2, 42);
    assertThat(split.training().examples().stream().map(Example::source))
        .doesNotContainAnyElementsOf(
            split.validation().examples().stream().map(Example::source).toList());
  }

  @Test
  void scitldr_sentences_are_joined() {
    Dataset data =
        Dataset.jsonl(folder.resolve("scitldr/train.jsonl"))
            .source("source")
            .target("target")
            .joinArrays(" ")
            .read();
    assertThat(data.report().rowsRead()).isEqualTo(1_992);
    assertThat(data.report().rowsSkipped()).isZero();
  }
}
