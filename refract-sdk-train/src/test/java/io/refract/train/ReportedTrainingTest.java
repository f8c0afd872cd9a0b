package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.metric.Classification;
import io.refract.train.report.TrainingReport;
import io.refract.train.t5.T5Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real training, measured as a classification and reported. */
class ReportedTrainingTest {

  private static final List<Example> TICKETS =
      List.of(
          new Example("you are here", "yes"),
          new Example("you are not here", "no"),
          new Example("we are here", "yes"),
          new Example("we are not here", "no"));

  @Test
  void a_classifier_learns_its_labels_and_the_report_tells_how_well(@TempDir Path folder)
      throws Exception {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(Dataset.of(TICKETS))
              .validation(Dataset.of(TICKETS))
              .metric(Classification.of("yes", "no"))
              .evaluateBefore()
              .epochs(40)
              .batchSize(4)
              .learningRate(1e-2)
              .train();
      assertThat(result.metricsBefore()).containsEntry("accuracy", 0.0);
      assertThat(result.metrics()).containsEntry("accuracy", 1.0).containsEntry("macro_f1", 1.0);

      Path file = TrainingReport.of(result).model("tiny").write(folder.resolve("report.html"));
      assertThat(Files.readString(file))
          .contains("<td>accuracy</td><td>0</td><td>1.000</td><td>+1.0000</td>")
          .contains("Learning rate");
    }
  }
}
