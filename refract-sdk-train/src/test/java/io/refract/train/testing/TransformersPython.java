package io.refract.train.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Python with Hugging Face transformers.
 *
 * <p>It is looked for with {@code environment.sh}. With {@code REFRACT_REQUIRE_ALL=true} that
 * script makes it when it is missing, and a test fails when that is not possible; else the test is
 * skipped.
 */
public record TransformersPython(Path executable) {

  /** Where the scripts are; tests run in the folder of their module. */
  public static final Path SCRIPTS = Path.of("src", "test", "python").toAbsolutePath();

  /**
   * Finds the Python with a version of transformers, or skips the test.
   *
   * @param version the major version, 4 or 5
   */
  public static TransformersPython require(int version) {
    return environment(Integer.toString(version), "transformers " + version);
  }

  /** Finds the Python with TensorBoard, which has neither transformers nor torch. */
  public static TransformersPython requireTensorBoard() {
    return environment("tensorboard", "tensorboard");
  }

  /** Finds the Python with transformers 4 and peft, or skips the test. */
  public static TransformersPython requirePeft() {
    return environment("peft", "transformers 4 and peft");
  }

  private static TransformersPython environment(String name, String content) {
    boolean required = "true".equals(System.getenv("REFRACT_REQUIRE_ALL"));
    String script = SCRIPTS.resolve("environment.sh").toString();
    List<String> command = new ArrayList<>(List.of("bash", script, name));
    if (!required) {
      command.add("--cached");
    }
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() == 0) {
        return new TransformersPython(Path.of(output));
      }
    } catch (IOException e) {
      if (required) {
        throw new IllegalStateException("cannot run " + command, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String message = "needs Python with %s; make it with %s %s".formatted(content, script, name);
    return required ? fail(message) : abort(message);
  }

  /**
   * Runs a script of {@link #SCRIPTS} to its end.
   *
   * @param script its name
   * @param arguments its arguments
   */
  public void run(String script, Path... arguments) throws IOException, InterruptedException {
    run(script, Stream.of(arguments).map(Path::toString).toArray(String[]::new));
  }

  /**
   * Runs a script of {@link #SCRIPTS} to its end.
   *
   * @param script its name
   * @param arguments its arguments
   */
  public void run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(executable.toString());
    command.add(SCRIPTS.resolve(script).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HF_HUB_OFFLINE", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      fail("%s failed:%n%s", command, output);
    }
  }
}
