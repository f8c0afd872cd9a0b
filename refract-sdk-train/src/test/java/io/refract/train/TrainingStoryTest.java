package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.provenance.CheckpointProvenance;
import io.refract.train.callback.EarlyStopping;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.MetricLog;
import io.refract.train.callback.TensorBoard;
import io.refract.train.data.DataProfile;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.metric.Classification;
import io.refract.train.report.TrainingReport;
import io.refract.train.t5.T5Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data scientist trains a classifier with everything that watches, and reads what it left. */
class TrainingStoryTest {

  @TempDir Path folder;

  private static Dataset examples(int from, int to) {
    List<Example> examples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      boolean card = i % 2 == 0;
      examples.add(new Example((card ? "the card " : "the day ") + i, card ? "card" : "day"));
    }
    return Dataset.of(examples);
  }

  @Test
  void logs_profiles_labels_and_samples_are_in_the_result() throws IOException {
    try (T5Model model = Fixtures.tinyModel(0.0, 2)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(examples(0, 40))
              .validation(examples(36, 60)) // four of them leak
              .maxSourceTokens(6)
              .maxTargetTokens(6)
              .batchSize(8)
              .epochs(6)
              .learningRate(1e-2)
              .metric(Classification.of("card", "day"))
              .evaluateBefore()
              .callback(MetricLog.csv(folder.resolve("log.csv")))
              .callback(MetricLog.jsonl(folder.resolve("log.jsonl")))
              .callback(TensorBoard.at(folder.resolve("events")))
              .train();
      assertThat(result.metrics().get("accuracy")).isGreaterThan(0.9);
      assertThat(result.evaluations())
          .hasSize(7)
          .extracting(EvaluationReport::step)
          .startsWith(0, 5)
          .endsWith(30);

      DataProfile validation = requireNonNull(result.data().get("validation"));
      assertThat(validation.leakedRows()).isEqualTo(4);
      assertThat(requireNonNull(result.data().get("training")).sourceTokens().max()).isPositive();

      assertThat(result.labels()).isPresent();
      assertThat(result.labels().get().labels()).containsExactly("card", "day");
      assertThat(result.labels().get().counts().get(0).get(0)).isGreaterThan(9);
      assertThat(result.samples()).hasSize(20);
      assertThat(result.samples().get(0).before()).isPresent();
      assertThat(result.samples().get(0).target()).isEqualTo("card");

      TrainingReport.of(result).title("Cards and days").write(folder.resolve("report.html"));
      assertThat(folder.resolve("report.html")).content().contains("Cards and days", "accuracy");
      try (Stream<String> rows = Files.lines(folder.resolve("log.csv"))) {
        assertThat(rows.count()).isEqualTo(1 + 30 + 7);
      }
      assertThat(folder.resolve("log.jsonl")).isNotEmptyFile();
      assertThat(folder.resolve("events")).isNotEmptyDirectory();
    }
  }

  @Test
  void the_provenance_names_the_checkpoint_that_the_training_started_from() {
    Path start = folder.resolve("start");
    try (T5Model model = Fixtures.tinyModel(0.0, 2)) {
      model.save(start);
    }
    try (T5Model model = T5Model.load(start)) {
      TrainingResult result = T5Trainer.of(model).data(examples(0, 8)).maxSteps(1).train();
      CheckpointProvenance base = requireNonNull(result.provenance().baseCheckpoint());
      assertThat(base).isEqualTo(model.checkpoint().orElseThrow());
      assertThat(base.name()).isEqualTo(start.toString());
    }
  }

  @Test
  void early_stopping_ends_a_training_that_gets_no_better_also_after_a_resume() {
    Path checkpoints = folder.resolve("checkpoints");
    TrainingResult straight = stopEarly(folder.resolve("straight"), false);
    assertThat(straight.stopReason()).isPresent();
    assertThat(straight.history()).hasSize(3);

    try (T5Model model = Fixtures.tinyModel(0.0, 2)) {
      trainer(model, checkpoints).callback(ResumableRun.stopAfter(7)).train();
    }
    TrainingResult resumed = stopEarly(checkpoints, true);
    assertThat(resumed.stopReason()).isEqualTo(straight.stopReason());
    assertThat(resumed.steps()).isEqualTo(straight.steps());
    // What was stopped stays stopped, and its result is the same again.
    TrainingResult again = stopEarly(checkpoints, true);
    assertThat(again.steps()).isEqualTo(straight.steps());
    assertThat(again.stopReason()).isEqualTo(straight.stopReason());
    assertThat(again.metrics()).isEqualTo(straight.metrics());
  }

  /** A metric that rises while the model learns never gets better where it should fall. */
  private static T5Trainer trainer(T5Model model, Path checkpoints) {
    return T5Trainer.of(model)
        .data(examples(0, 40))
        .validation(examples(40, 60))
        .maxTargetTokens(6)
        .batchSize(8)
        .epochs(10)
        .learningRate(1e-2)
        .checkpoints(Checkpoints.in(checkpoints).everySteps(1))
        .callback(EarlyStopping.on("loss").patience(2).minDelta(100));
  }

  private static TrainingResult stopEarly(Path checkpoints, boolean resume) {
    try (T5Model model = Fixtures.tinyModel(0.0, 2)) {
      T5Trainer trainer = trainer(model, checkpoints).callback(ResumableRun.stopAfter(-1));
      return (resume ? trainer.resume() : trainer).train();
    }
  }
}
