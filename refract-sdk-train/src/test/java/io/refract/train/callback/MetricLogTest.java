package io.refract.train.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricLogTest {

  @TempDir Path folder;
  private Path csv = Path.of("");
  private Path jsonl = Path.of("");

  @BeforeEach
  void name_the_files() {
    csv = folder.resolve("runs/triage.csv");
    jsonl = folder.resolve("runs/triage.jsonl");
  }

  private static TrainingPlan plan(int firstStep) {
    return plan(firstStep, firstStep > 0);
  }

  private static TrainingPlan plan(int firstStep, boolean resumes) {
    return new TrainingPlan("t5", firstStep, 6, resumes, Set.of("loss", "rougeL"), Map.of());
  }

  private static StepReport step(int step) {
    return new StepReport(step, 6, 1 + step / 4, 3.5 - step, 0.25, 1e-4, 1000);
  }

  private static EvaluationReport evaluation(int step) {
    return new EvaluationReport(
        step, 1, ImmutableMap.of("loss", 2.5, "rougeL", 0.125), Duration.ofMillis(1500));
  }

  private static MetricLog started(MetricLog log, int firstStep) {
    log.onStart(plan(firstStep));
    return log;
  }

  private static void run(MetricLog log, int from, int to) {
    started(log, from);
    for (int i = from + 1; i <= to; i++) {
      log.onStep(step(i));
    }
    log.onEvaluation(evaluation(to));
  }

  @Test
  void a_csv_has_a_row_for_each_update_and_evaluation() {
    run(MetricLog.csv(csv), 0, 2);
    // Nothing was closed: every row is in the file at once.
    assertThat(csv)
        .hasContent(
            """
            event,step,epoch,loss,gradient_norm,learning_rate,tokens_per_second,seconds,validation_loss,validation_rougeL
            step,1,1,2.5,0.25,1.0E-4,1000.0,,,
            step,2,1,1.5,0.25,1.0E-4,1000.0,,,
            evaluation,2,1,,,,,1.5,2.5,0.125
            """);
  }

  @Test
  void json_lines_have_a_row_for_each_update_and_evaluation() {
    MetricLog log = MetricLog.jsonl(jsonl);
    run(log, 0, 1);
    log.onStep(new StepReport(2, 6, 1, Double.NaN, Double.POSITIVE_INFINITY, 0, 1));
    assertThat(jsonl)
        .hasContent(
            """
            {"event":"step","step":1,"epoch":1,"loss":2.5,"gradient_norm":0.25,"learning_rate":1.0E-4,"tokens_per_second":1000.0}
            {"event":"evaluation","step":1,"epoch":1,"seconds":1.5,"validation_loss":2.5,"validation_rougeL":0.125}
            {"event":"step","step":2,"epoch":1,"loss":null,"gradient_norm":null,"learning_rate":0.0,"tokens_per_second":1.0}
            """);
  }

  @Test
  void a_row_may_stand_for_many_updates_but_the_first_and_the_last_have_theirs()
      throws IOException {
    run(MetricLog.jsonl(jsonl).every(4), 0, 6);
    assertThat(Files.readAllLines(jsonl))
        .extracting(line -> line.replaceAll("\"epoch.*", ""))
        .containsExactly(
            "{\"event\":\"step\",\"step\":1,",
            "{\"event\":\"step\",\"step\":4,",
            "{\"event\":\"step\",\"step\":6,",
            "{\"event\":\"evaluation\",\"step\":6,");
  }

  @Test
  void a_resumed_training_gives_the_files_that_an_uninterrupted_one_gives() throws IOException {
    Path whole = folder.resolve("whole.csv");
    Path wholeLines = folder.resolve("whole.jsonl");
    for (MetricLog log : new MetricLog[] {MetricLog.csv(whole), MetricLog.jsonl(wholeLines)}) {
      run(log, 0, 3);
      log.onStep(step(4));
      log.onStep(step(5));
      log.onEvaluation(evaluation(5));
    }

    // Killed while it wrote the row of step 5; the checkpoint is that of step 3.
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      run(log, 0, 3);
      log.onStep(step(4));
    }
    Files.writeString(csv, "step,5,1,0.", StandardOpenOption.APPEND);
    Files.writeString(jsonl, "{\"event\":\"step\",\"st", StandardOpenOption.APPEND);
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      started(log, 3);
      log.onEvaluation(evaluation(3)); // once more; it is in the file already
      log.onStep(step(4));
      log.onStep(step(5));
      log.onEvaluation(evaluation(5));
      log.onEnd(5);
    }

    assertThat(csv).hasSameTextualContentAs(whole);
    assertThat(jsonl).hasSameTextualContentAs(wholeLines);
    assertThat(folder.resolve("runs")).isDirectoryNotContaining("glob:**.next");
  }

  /** The evaluation before the first update is there already; nothing else is worth keeping. */
  @Test
  void a_training_that_left_no_checkpoint_begins_again_in_its_file() throws IOException {
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      log.onStart(plan(0));
      log.onEvaluation(evaluation(0));
      log.onStep(step(1));
      log.onStep(step(2));
    }
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      log.onStart(plan(0, true));
      log.onEvaluation(evaluation(0));
      log.onStep(step(1));
      log.onEnd(1);
    }
    assertThat(Files.readAllLines(csv))
        .extracting(line -> line.replaceAll("(\\w+,\\w+).*", "$1"))
        .containsExactly("event,step", "evaluation,0", "step,1");
    assertThat(Files.readAllLines(jsonl)).hasSize(2).last().asString().contains("\"step\":1,");
  }

  @Test
  void a_resumed_training_whose_file_is_gone_starts_a_new_one() throws IOException {
    run(MetricLog.csv(csv), 3, 4);
    assertThat(Files.readAllLines(csv)).hasSize(3).last().asString().startsWith("evaluation,4,");
  }

  @Test
  void a_file_that_exists_is_not_touched_by_another_training() throws IOException {
    Files.createDirectories(csv.getParent());
    Files.writeString(csv, "precious");
    Files.writeString(jsonl, "precious\n");
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      assertThatThrownBy(() -> log.onStart(plan(0)))
          .isInstanceOf(CallbackException.class)
          .hasMessageContaining("Delete or move it, name another file, or resume the training");
    }
    // Nor by a resumed one, when it is no metric log.
    Files.writeString(csv, "a,b\n1,2\n");
    for (MetricLog log : new MetricLog[] {MetricLog.csv(csv), MetricLog.jsonl(jsonl)}) {
      assertThatThrownBy(() -> log.onStart(plan(3)))
          .isInstanceOf(CallbackException.class)
          .hasMessageContaining("Cannot write the metric log " + folder);
    }
    assertThat(csv).hasContent("a,b\n1,2\n");
    String damaged =
        "event,step,epoch,loss,gradient_norm,learning_rate,tokens_per_second,seconds\nstep,x\n";
    Files.writeString(csv, damaged);
    assertThatThrownBy(() -> MetricLog.csv(csv).onStart(plan(3)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("{event=step, step=x} has no step");
    assertThat(csv).hasContent(damaged);
    assertThat(jsonl).hasContent("precious\n");
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    Files.writeString(folder.resolve("runs"), "a file");
    assertThatThrownBy(() -> MetricLog.csv(csv).onStart(plan(0)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("Check the file, the disk and the permissions");
  }

  @Test
  void at_least_one_step_lies_between_two_rows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricLog.csv(csv).every(0))
        .withMessage("steps between two rows must be at least 1 but was 0");
  }
}
