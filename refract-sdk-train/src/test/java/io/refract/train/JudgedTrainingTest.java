package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.refract.train.callback.CallbackException;
import io.refract.train.callback.EarlyStopping;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.metric.Classification;
import io.refract.train.metric.Metric;
import io.refract.train.metric.Rouge;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What judges a training is checked before it, and costs no update when it fails all the same. */
class JudgedTrainingTest {

  @TempDir Path directory;

  /** A metric that gives one value after the other; the first is asked for before the training. */
  private static final class Scripted implements Metric {

    private final double[] values;
    private int calls;

    Scripted(double... values) {
      this.values = values;
    }

    @Override
    public String name() {
      return "scripted";
    }

    @Override
    public Map<String, Double> compute(List<String> predictions, List<String> references) {
      if (calls == values.length) {
        throw new UnsupportedOperationException("the judge is ill");
      }
      return Map.of("scripted", values[calls++]);
    }
  }

  private static void assertRefusedBeforeTheFirstUpdate(
      Class<? extends RuntimeException> type, String message, UnaryOperator<T5Trainer> options) {
    List<StepReport> steps = new ArrayList<>();
    TrainingCallback watch =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            steps.add(report);
          }
        };
    try (T5Model model = ResumableRun.model()) {
      T5Trainer trainer = options.apply(ResumableRun.trainer(model).callback(watch));
      assertThatExceptionOfType(type).isThrownBy(trainer::train).withMessageContaining(message);
    }
    assertThat(steps).isEmpty();
  }

  @Test
  void a_best_model_that_nothing_measures_is_refused_at_once() {
    assertRefusedBeforeTheFirstUpdate(
        TrainingException.class,
        "no metric 'rougeL', only [loss, scripted]",
        trainer -> trainer.metric(new Scripted(1)).bestModelAtEnd(BestModel.by("rougeL")));
  }

  @Test
  void early_stopping_on_what_nothing_measures_is_refused_at_once() {
    assertRefusedBeforeTheFirstUpdate(
        CallbackException.class,
        "watches 'rougeL', but the evaluations of the training measure only [loss]",
        trainer -> trainer.callback(EarlyStopping.on(Rouge.L())));
  }

  @Test
  void early_stopping_without_validation_data_is_refused_at_once() {
    try (T5Model model = ResumableRun.model()) {
      assertThatExceptionOfType(CallbackException.class)
          .isThrownBy(
              () ->
                  T5Trainer.of(model)
                      .data(Dataset.of(ResumableRun.examples()))
                      .callback(EarlyStopping.on("loss"))
                      .train())
          .withMessageContaining("no validation data")
          .withMessageContaining("validation(...)");
    }
  }

  @Test
  void labels_that_the_validation_data_do_not_fit_are_refused_at_once() {
    assertRefusedBeforeTheFirstUpdate(
        TrainingException.class,
        "the reference 'a new day 3' is none of the 3 labels",
        trainer -> trainer.metric(Classification.of("a new day 0", "a new day 1", "a new day 2")));
  }

  /** The second evaluation fails; its epoch is not lost, and the resumed training judges it. */
  @Test
  void an_evaluation_that_fails_leaves_a_checkpoint_and_is_made_when_the_training_goes_on() {
    Checkpoints checkpoints = Checkpoints.in(directory);
    TrainingResult straight;
    try (T5Model model = ResumableRun.model()) {
      straight =
          ResumableRun.trainer(model)
              .metric(new Scripted(0, 1, 2, 3))
              .callback(EarlyStopping.on("scripted"))
              .train();
    }
    try (T5Model model = ResumableRun.model()) {
      T5Trainer failing =
          ResumableRun.trainer(model)
              .metric(new Scripted(0, 1))
              .callback(EarlyStopping.on("scripted"))
              .checkpoints(checkpoints);
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(failing::train)
          .withMessage("the judge is ill");
    }
    assertThat(directory.resolve("step-00000008")).isNotEmptyDirectory();
    try (T5Model model = ResumableRun.model()) {
      TrainingResult resumed =
          ResumableRun.trainer(model)
              .metric(new Scripted(0, 2, 3))
              .callback(EarlyStopping.on("scripted"))
              .checkpoints(checkpoints)
              .resume()
              .train();
      assertThat(resumed.lossCurve())
          .extracting(StepReport::loss)
          .isEqualTo(straight.lossCurve().stream().map(StepReport::loss).toList());
      assertThat(resumed.history()).extracting(EpochReport::step).containsExactly(4, 8, 12);
      assertThat(resumed.evaluations())
          .extracting(EvaluationReport::metrics)
          .isEqualTo(straight.evaluations().stream().map(EvaluationReport::metrics).toList());
    }
  }

  @Test
  void what_is_no_number_is_never_the_best() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .metric(new Scripted(0, Double.NaN, 0.9, 0.1, 0.9))
              .bestModelAtEnd(BestModel.by("scripted"))
              .checkpoints(Checkpoints.in(directory).keepLast(1))
              .train();
      assertThat(requireNonNull(result.metrics().get("scripted"))).isEqualTo(0.9);
      assertThat(directory.resolve("step-00000004")).doesNotExist();
      assertThat(directory.resolve("step-00000008")).isNotEmptyDirectory();
      try (T5Model best = T5Model.load(directory.resolve("step-00000008"))) {
        Map<String, float[]> weights = ResumableRun.weights(model);
        ResumableRun.weights(best)
            .forEach((name, weight) -> assertThat(weights.get(name)).containsExactly(weight));
      }
    }
  }
}
