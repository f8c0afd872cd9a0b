package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What {@link ResumableRun} comes to when nothing interrupts it. */
final class UninterruptedRun {

  private static final Map<String, float[]> WEIGHTS;
  private static final List<Double> LOSSES;
  private static final List<Map<String, Double>> MEASURED;

  static {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result = ResumableRun.trainer(model).callback(nothing()).train();
      WEIGHTS = ResumableRun.weights(model);
      LOSSES = losses(result);
      MEASURED = measured(result);
    }
  }

  private UninterruptedRun() {}

  private static TrainingCallback nothing() {
    return new TrainingCallback() {};
  }

  private static List<Double> losses(TrainingResult result) {
    return result.lossCurve().stream().map(StepReport::loss).toList();
  }

  private static List<Map<String, Double>> measured(TrainingResult result) {
    return result.evaluations().stream().map(EvaluationReport::metrics).toList();
  }

  /**
   * Goes on from the newest checkpoint, and checks that the training ends as if it had never
   * stopped.
   *
   * @param checkpoints the directory of a run with one callback
   */
  static void assertResumesToTheSameEnd(Path checkpoints) {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .checkpoints(Checkpoints.in(checkpoints).everySteps(2))
              .resume()
              .callback(nothing())
              .train();
      assertThat(result.steps()).isEqualTo(ResumableRun.STEPS);
      assertThat(losses(result)).isEqualTo(LOSSES);
      assertThat(result.history()).extracting(EpochReport::step).containsExactly(4, 8, 12);
      assertThat(measured(result)).isEqualTo(MEASURED);
      ResumableRun.weights(model)
          .forEach(
              (name, weight) ->
                  assertThat(weight).as(name).containsExactly(requireNonNull(WEIGHTS.get(name))));
    }
  }
}
