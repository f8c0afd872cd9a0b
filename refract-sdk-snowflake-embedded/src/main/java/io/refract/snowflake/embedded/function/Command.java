package io.refract.snowflake.embedded.function;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a program to its end. */
final class Command {

  private static final int KEPT_OUTPUT = 1 << 20;

  /**
   * What a program did.
   *
   * @param status its exit status; -1 when it could not be started or took too long
   * @param output what it wrote to standard output
   * @param errors what it wrote to standard error, or why it did not run
   */
  record Outcome(int status, String output, String errors) {

    boolean succeeded() {
      return status == 0;
    }
  }

  private Command() {}

  /**
   * Runs a program. It is killed when it takes longer than the limit, and when the caller is
   * interrupted.
   */
  static Outcome run(List<String> command, Duration limit) {
    Path output = null;
    Path errors = null;
    Process process = null;
    try {
      // Files, not pipes: a program that writes much can never block on a reader.
      output = Files.createTempFile("refract-command", ".out");
      errors = Files.createTempFile("refract-command", ".err");
      process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Outcome(-1, read(output), "It ran longer than " + limit.toSeconds() + " s.");
      }
      return new Outcome(process.exitValue(), read(output), read(errors));
    } catch (IOException e) {
      return new Outcome(-1, "", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome(-1, "", "It was interrupted.");
    } finally {
      kill(process);
      delete(output);
      delete(errors);
    }
  }

  private static void kill(@Nullable Process process) {
    if (process != null && process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(KEPT_OUTPUT), StandardCharsets.UTF_8);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }
}
