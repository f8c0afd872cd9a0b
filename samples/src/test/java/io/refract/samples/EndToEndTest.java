package io.refract.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.registry.LifecycleStage;
import io.refract.registry.ModelRegistry;
import io.refract.snowflake.Snowflake;
import io.refract.snowflake.embedded.EmbeddedSnowflake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer runs the main job: in a short form, whole, and killed in the middle. */
class EndToEndTest {

  /** One pass over the data: too short to learn the task, long enough to go through every step. */
  private static final List<String> SHORT = List.of("end-to-end", "--epochs", "1");

  @TempDir private Path folder;

  @BeforeEach
  void needs_python() {
    Python.required();
  }

  @Test
  void sql_gives_the_scores_of_the_registry_and_a_second_run_makes_a_second_version()
      throws IOException {
    Path report = folder.resolve("report.json");

    assertThat(run("--report", report.toString())).isZero();

    JsonObject json = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
    assertThat(json.get("sql_equals_local").getAsBoolean()).isTrue();
    assertThat(json.get("held_out_rows").getAsInt()).isGreaterThan(50);
    assertThat(json.getAsJsonObject("metrics_before").keySet())
        .contains("loss", "exact_match", "rouge1", "rouge2", "rougeL", "rougeLsum");
    assertThat(json.getAsJsonObject("metrics_after").get("loss").getAsDouble())
        .isLessThan(json.getAsJsonObject("metrics_before").get("loss").getAsDouble());
    assertThat(json.getAsJsonObject("seconds").keySet()).contains("train", "score", "total");

    assertThat(run("--seed", "7")).isZero();

    ModelRegistry registry = ModelRegistry.at(folder.resolve("output/registry"));
    assertThat(registry.versions("ticket-triage")).hasSize(2);
    assertThat(registry.latest("ticket-triage", LifecycleStage.PRODUCTION))
        .hasValueSatisfying(version -> assertThat(version.number()).isEqualTo(2));
  }

  @Test
  void killed_at_any_moment_it_leaves_everything_readable_and_runs_again()
      throws IOException, InterruptedException {
    long seed = Long.getLong("refract.seed", System.nanoTime());
    Random random = new Random(seed);
    int kills = Integer.getInteger("refract.kills", 3);
    for (int i = 0; i < kills; i++) {
      Process process = start();
      // From the first files of the registry to the last statement takes about this long.
      boolean ended = process.waitFor(2 + random.nextInt(28), TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      assertThat(ended && process.exitValue() != 0)
          .as("run %d failed by itself, seed %d: %s", i, seed, log())
          .isFalse();

      assertReadable(seed);
    }
    Process last = start();
    assertThat(last.waitFor()).as("after %d kills, seed %d: %s", kills, seed, log()).isZero();
    assertReadable(seed);
  }

  private void assertReadable(long seed) {
    Path output = folder.resolve("output");
    ModelRegistry registry = ModelRegistry.at(output.resolve("registry"));
    for (String model : registry.models()) {
      assertThatCode(
              () -> {
                registry.versions(model).forEach(version -> version.verify());
                registry.auditLog(model).events();
              })
          .as("registry, seed %d", seed)
          .doesNotThrowAnyException();
    }
    try (EmbeddedSnowflake embedded = EmbeddedSnowflake.at(output.resolve("snowflake")).start();
        Snowflake snowflake = Snowflake.connect(embedded)) {
      for (String stage : List.of("T5_P_MODEL", "T5_P_TOKENIZER", "LLM")) {
        assertThatCode(() -> snowflake.stage(stage).createIfMissing().list())
            .as("stage %s, seed %d", stage, seed)
            .doesNotThrowAnyException();
      }
    }
  }

  private int run(String... more) {
    return Samples.run(arguments(more).toArray(String[]::new));
  }

  private List<String> arguments(String... more) {
    List<String> arguments = new ArrayList<>(SHORT);
    arguments.addAll(List.of("--output", folder.resolve("output").toString()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Drefract.samples=" + Path.of("").toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            Samples.class.getName()));
    command.addAll(arguments());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log.txt").toFile())
        .start();
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log.txt"));
  }
}
