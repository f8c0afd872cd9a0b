package io.refract.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.refract.scoring.GenerationSettings;
import io.refract.train.callback.MetricLog;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TensorBoard;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.t5.T5Model;
import io.refract.train.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training that is interrupted and resumed ends with the weights of one that never was. */
class ResumeTest {

  @TempDir Path directory;

  private void assertResumesToTheSameEnd() {
    UninterruptedRun.assertResumesToTheSameEnd(directory);
  }

  /** After 3 updates in the middle of an epoch, 4 at its end, 5 in the middle of the next. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 11})
  void a_stopped_training_goes_on_bit_for_bit(int step) {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .checkpoints(Checkpoints.in(directory).everySteps(2))
              .callback(ResumableRun.stopAfter(step))
              .train();
      assertThat(result.steps()).isEqualTo(step);
      assertThat(result.stopReason()).contains("enough for today");
    }
    assertResumesToTheSameEnd();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8})
  void a_killed_training_goes_on_bit_for_bit(int step) throws Exception {
    Process child = ChildJvm.start(ResumableRun.class, List.of(), directory.toString());
    waitFor(child, "step " + step);
    child.destroyForcibly().waitFor();
    assertResumesToTheSameEnd();
  }

  /** SIGTERM reaches the JVM as Ctrl-C does. */
  @Test
  void the_end_of_the_jvm_waits_for_a_checkpoint_of_the_current_step() throws Exception {
    Process child =
        ChildJvm.start(ResumableRun.class, List.of(), directory.toString(), "stop on shutdown");
    waitFor(child, "step 3");
    child.destroy();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isNotZero();
    assertThat(newest()).isGreaterThanOrEqualTo(3);
    assertResumesToTheSameEnd();
  }

  private int newest() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("step-"))
          .mapToInt(name -> Integer.parseInt(name.substring(5)))
          .max()
          .orElse(0);
    }
  }

  private static void waitFor(Process child, String line) throws IOException {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8));
    String read = output.readLine();
    while (read != null && !read.equals(line)) {
      read = output.readLine();
    }
    assertThat(read).isEqualTo(line);
  }

  @Test
  void a_finished_training_resumes_to_its_result_without_training() {
    assertResumesToTheSameEnd();
    assertResumesToTheSameEnd();
  }

  @Test
  void a_stop_from_another_thread_ends_after_the_current_step_with_a_checkpoint() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    TrainingCallback pause =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 2) {
              reached.countDown();
              try {
                stopped.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          }
        };
    try (T5Model model = ResumableRun.model()) {
      RunningTraining running =
          ResumableRun.trainer(model)
              .checkpoints(Checkpoints.in(directory).everySteps(100))
              .callback(pause)
              .start();
      reached.await();
      running.stop();
      stopped.countDown();
      TrainingResult result = running.await(Duration.ofMinutes(1));
      assertThat(result.steps()).isEqualTo(2);
      assertThat(result.stopReason()).contains("a stop was requested");
      assertThat(newest()).isEqualTo(2);
    }
    assertResumesToTheSameEnd();
  }

  @Test
  void the_best_and_the_last_checkpoints_are_kept_and_load_as_models() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .checkpoints(Checkpoints.in(directory).everySteps(1).keepLast(2))
              .bestModelAtEnd(new BestModel("loss", true)) // the first evaluation is the worst
              .train();
      assertThat(directory).isDirectoryContaining(path -> path.endsWith("step-00000004"));
      assertThat(directory).isDirectoryContaining(path -> path.endsWith("step-00000011"));
      assertThat(directory).isDirectoryContaining(path -> path.endsWith("step-00000012"));
      assertThat(directory.resolve("step-00000010")).doesNotExist();
      assertThat(result.metrics().get("loss"))
          .isEqualTo(result.evaluations().get(0).metrics().get("loss"));
      try (T5Model best = T5Model.load(directory.resolve("step-00000004"))) {
        Map<String, float[]> kept = ResumableRun.weights(best);
        assertThat(kept).containsOnlyKeys(ResumableRun.weights(model).keySet());
        kept.forEach(
            (name, weight) ->
                assertThat(ResumableRun.weights(model).get(name)).as(name).containsExactly(weight));
        assertThat(best.generate(List.of("the day"), GenerationSettings.defaults())).hasSize(1);
      }
    }
  }

  @Test
  void the_best_model_needs_no_directory() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .evaluateEvery(3)
              .bestModelAtEnd(new BestModel("loss", true))
              .train();
      assertThat(result.evaluations()).extracting("step").containsExactly(3, 4, 6, 8, 9, 12);
      assertThat(result.metrics().get("loss"))
          .isEqualTo(result.evaluations().get(0).metrics().get("loss"));
    }
  }

  @Test
  void another_training_is_not_resumed_and_the_differences_are_named() {
    try (T5Model model = ResumableRun.model()) {
      ResumableRun.trainer(model)
          .checkpoints(Checkpoints.in(directory))
          .callback(ResumableRun.stopAfter(2))
          .train();
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(
              () ->
                  ResumableRun.trainer(model)
                      .checkpoints(Checkpoints.in(directory))
                      .learningRate(1e-4)
                      .seed(12)
                      .callback(ResumableRun.stopAfter(-1))
                      .resume()
                      .train())
          .withMessageContaining("step-00000002")
          .withMessageContaining("learning_rate was 0.003 and is 1.0E-4")
          .withMessageContaining("seed was 11 and is 12");
    }
  }

  @Test
  void the_best_of_another_kind_is_another_training() {
    try (T5Model model = ResumableRun.model()) {
      Checkpoints checkpoints = Checkpoints.in(directory);
      ResumableRun.trainer(model)
          .checkpoints(checkpoints)
          .bestModelAtEnd(BestModel.by("loss"))
          .callback(ResumableRun.stopAfter(5))
          .train();
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(
              () ->
                  ResumableRun.trainer(model)
                      .checkpoints(checkpoints)
                      .bestModelAtEnd(new BestModel("loss", true))
                      .callback(ResumableRun.stopAfter(-1))
                      .resume()
                      .train())
          .withMessageContaining("best_model_is was least and is greatest");
    }
  }

  /** Otherwise a process that dies before its model is saved would lose the last updates. */
  @Test
  void the_end_of_the_training_is_saved_whatever_the_steps_between_checkpoints()
      throws IOException {
    try (T5Model model = ResumableRun.model()) {
      ResumableRun.trainer(model).checkpoints(Checkpoints.in(directory).everySteps(5)).train();
      assertThat(newest()).isEqualTo(ResumableRun.STEPS);
    }
  }

  @Test
  void a_training_that_died_before_its_first_checkpoint_begins_again_in_its_logs()
      throws IOException {
    Path log = directory.resolve("log.jsonl");
    Path events = directory.resolve("events");
    TrainingCallback crash =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 3) {
              throw new UnsupportedOperationException("the power is gone");
            }
          }
        };
    try (T5Model model = ResumableRun.model()) {
      T5Trainer first = logged(model, log, events).callback(crash);
      assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(first::train);
    }
    try (T5Model model = ResumableRun.model()) {
      logged(model, log, events).callback(new TrainingCallback() {}).resume().train();
    }
    assertThat(Files.readAllLines(log))
        .hasSize(1 + ResumableRun.STEPS + 3)
        .filteredOn(row -> row.contains("\"step\":3,"))
        .hasSize(1);
    assertThat(events).isDirectoryContaining(file -> file.toString().endsWith(".000001"));
  }

  private T5Trainer logged(T5Model model, Path log, Path events) {
    return ResumableRun.trainer(model)
        .evaluateBefore()
        .checkpoints(Checkpoints.in(directory.resolve("checkpoints")))
        .callback(MetricLog.jsonl(log))
        .callback(TensorBoard.at(events));
  }

  @Test
  void a_new_training_never_overwrites_an_earlier_one() {
    try (T5Model model = ResumableRun.model()) {
      Checkpoints checkpoints = Checkpoints.in(directory);
      ResumableRun.trainer(model)
          .checkpoints(checkpoints)
          .callback(ResumableRun.stopAfter(1))
          .train();
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(() -> ResumableRun.trainer(model).checkpoints(checkpoints).train())
          .withMessageContaining("step-00000001")
          .withMessageContaining("resume()");
    }
  }

  @Test
  void two_trainings_do_not_share_a_directory() {
    Checkpoints checkpoints = Checkpoints.in(directory);
    try (T5Model model = ResumableRun.model();
        CheckpointStore other = CheckpointStore.open(checkpoints)) {
      assertThat(other.newest()).isEmpty();
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(() -> ResumableRun.trainer(model).checkpoints(checkpoints).train())
          .withMessageContaining("another training writes there");
    }
  }

  @Test
  void a_damaged_checkpoint_is_an_error_that_says_what_to_do() throws IOException {
    try (T5Model model = ResumableRun.model()) {
      Checkpoints checkpoints = Checkpoints.in(directory);
      ResumableRun.trainer(model)
          .checkpoints(checkpoints)
          .callback(ResumableRun.stopAfter(1))
          .train();
      Files.writeString(directory.resolve("step-00000001/trainer_state.json"), "{\"steps\": 1");
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(() -> ResumableRun.trainer(model).checkpoints(checkpoints).resume().train())
          .withMessageContaining("step-00000001")
          .withMessageContaining("Remove that directory");
    }
  }

  @Test
  void resuming_needs_a_directory() {
    try (T5Model model = ResumableRun.model()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> ResumableRun.trainer(model).resume().train())
          .withMessageContaining("checkpoints(...)");
    }
  }
}
