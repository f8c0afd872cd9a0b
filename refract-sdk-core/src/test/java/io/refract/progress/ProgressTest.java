package io.refract.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanoTime;
  private final ProgressListener bar =
      Progress.bar(
          new PrintStream(bytes, true, StandardCharsets.UTF_8),
          Duration.ofMillis(100),
          () -> nanoTime);

  @Test
  void the_bar_shows_task_share_counts_time_what_is_left_and_note() {
    bar.onProgress(new ProgressEvent("training", 0, 4, "steps", ""));
    nanoTime = 1_500_000_000;
    bar.onProgress(new ProgressEvent("training", 2, 4, "steps", "loss 0.31"));

    assertThat(drawn())
        .last()
        .asString()
        .isEqualTo(
            "training ["
                + "#".repeat(10)
                + " ".repeat(10)
                + "]  50% 2/4 steps, 1.5 s, 1.5 s left, loss 0.31");
  }

  @Test
  void the_time_left_of_resumed_work_is_measured_from_where_it_went_on() {
    bar.onProgress(new ProgressEvent("training", 9_000, 10_000, "steps", ""));
    nanoTime = 65_000_000_000L;
    bar.onProgress(new ProgressEvent("training", 9_010, 10_000, "steps", ""));

    // 10 steps in 65 s, so 990 steps in 6435 s.
    assertThat(drawn()).last().asString().endsWith("9010/10000 steps, 1:05, 1:47:15 left");
  }

  @Test
  void nothing_is_left_of_work_that_is_done_and_nothing_is_known_before_the_first_progress() {
    bar.onProgress(new ProgressEvent("training", 0, 4, "steps", ""));
    nanoTime = 1_000_000_000;
    bar.onProgress(new ProgressEvent("training", 0, 4, "steps", ""));
    bar.onProgress(new ProgressEvent("training", 4, 4, "steps", ""));

    assertThat(drawn()).hasSize(3).noneMatch(line -> line.contains("left"));
  }

  @Test
  void it_draws_at_most_once_in_an_interval_but_always_the_end() {
    for (int i = 0; i <= 1000; i++) {
      nanoTime += 1_000_000;
      bar.onProgress(new ProgressEvent("upload", i, 1000, "bytes", ""));
    }

    assertThat(drawn()).hasSizeBetween(11, 12);
    assertThat(drawn()).last().asString().contains("100% 1000/1000 bytes");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith(System.lineSeparator());
  }

  @Test
  void without_a_total_it_counts() {
    bar.onProgress(new ProgressEvent("reading", 7, -1, "rows", ""));

    assertThat(drawn()).containsExactly("reading 7 rows, 0.0 s");
  }

  @Test
  void a_task_of_nothing_is_complete() {
    bar.onProgress(new ProgressEvent("copy", 0, 0, "bytes", ""));

    assertThat(drawn()).containsExactly("copy [" + "#".repeat(20) + "] 100% 0/0 bytes, 0.0 s");
  }

  @Test
  void a_new_task_starts_a_new_line() {
    bar.onProgress(new ProgressEvent("one", 1, 2, "steps", ""));
    bar.onProgress(new ProgressEvent("two", 1, 2, "steps", ""));

    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSizeGreaterThan(1);
    assertThat(drawn()).hasSize(2);
  }

  @Test
  void a_line_is_never_wider_than_a_terminal_and_holds_no_control_characters() {
    bar.onProgress(new ProgressEvent("x\u001b[2J".repeat(50), 1, 2, "steps", "\n"));

    assertThat(drawn().get(0)).hasSizeLessThanOrEqualTo(100).doesNotContain("\u001b");
  }

  @Test
  void without_a_terminal_nothing_is_drawn() {
    // The tests of this build run behind a pipe.
    ProgressListener quiet = Progress.bar();

    IntStream.range(0, 3)
        .forEach(i -> quiet.onProgress(new ProgressEvent("training", i, 2, "steps", "")));

    assertThat(quiet.getClass()).isEqualTo(ProgressListener.none().getClass());
  }

  /** What each drawing put on the line. */
  private List<String> drawn() {
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .flatMap(line -> List.of(line.split("\r")).stream())
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
