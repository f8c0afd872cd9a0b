package io.refract.snowflake.embedded.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {

  @TempDir Path directory;

  @Test
  void an_interrupted_caller_leaves_no_process_behind() throws Exception {
    Path program =
        Files.writeString(
            directory.resolve("Endless.java"),
            """
            class Endless {
              public static void main(String[] arguments) throws Exception {
                Thread.sleep(600_000);
              }
            }
            """);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Set<ProcessHandle> before = children();

    Thread.currentThread().interrupt();
    Command.Outcome outcome =
        Command.run(List.of(java, program.toString()), Duration.ofMinutes(10));
    boolean interrupted = Thread.interrupted();

    Set<ProcessHandle> left = children();
    left.removeAll(before);
    try {
      assertThat(outcome.succeeded()).isFalse();
      assertThat(outcome.errors()).isEqualTo("It was interrupted.");
      assertThat(interrupted).as("the caller is still told").isTrue();
      for (ProcessHandle child : left) {
        assertThat(child.onExit().get(1, TimeUnit.MINUTES).isAlive()).isFalse();
      }
    } finally {
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static Set<ProcessHandle> children() {
    return ProcessHandle.current().children().collect(Collectors.toCollection(HashSet::new));
  }
}
