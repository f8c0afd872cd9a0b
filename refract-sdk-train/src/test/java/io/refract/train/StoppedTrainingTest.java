package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.t5.T5Model;
import org.junit.jupiter.api.Test;

/** The result of a training that ends early is that of the weights which it leaves. */
class StoppedTrainingTest {

  private static double loss(TrainingResult result) {
    return requireNonNull(result.metrics().get("loss"));
  }

  private static double measured(T5Model model) {
    Dataset validation = Dataset.of(ResumableRun.examples().subList(0, 4));
    return requireNonNull(
        Evaluator.of(model).lossOnly().evaluate(validation).metrics().get("loss"));
  }

  @Test
  void a_stop_in_the_middle_of_an_epoch_is_measured_with_its_own_weights() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model).callback(ResumableRun.stopAfter(6)).train();
      assertThat(result.steps()).isEqualTo(6);
      assertThat(loss(result)).isEqualTo(measured(model));
      // What was heard of stays as it was: one evaluation, of the weights of step 4.
      assertThat(result.evaluations()).hasSize(1);
      assertThat(loss(result)).isNotEqualTo(result.evaluations().get(0).metrics().get("loss"));
    }
  }

  @Test
  void the_best_weights_that_come_back_are_not_those_of_the_last_evaluation() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model)
              .bestModelAtEnd(new BestModel("loss", true)) // the first evaluation is the worst
              .callback(ResumableRun.stopAfter(10))
              .train();
      assertThat(loss(result)).isEqualTo(measured(model));
      assertThat(loss(result)).isEqualTo(result.evaluations().get(0).metrics().get("loss"));
    }
  }

  /** The hook of the JVM waits: another evaluation could take longer than whoever ends it waits. */
  @Test
  void nothing_is_measured_any_more_when_the_jvm_ends() {
    StopSignal signal = new StopSignal();
    TrainingCallback end =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 6) {
              signal.requestForJvm();
            }
          }
        };
    try (T5Model model = ResumableRun.model()) {
      TrainingTask task = ResumableRun.trainer(model).callback(end).task();
      TrainingResult result = new Training(task, signal, false).run();
      assertThat(result.stopReason()).contains("the JVM was asked to end");
      assertThat(result.metrics()).containsOnlyKeys("train_loss");
    }
  }

  @Test
  void a_reason_to_stop_that_comes_with_the_last_update_has_stopped_nothing() {
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result =
          ResumableRun.trainer(model).callback(ResumableRun.stopAfter(ResumableRun.STEPS)).train();
      assertThat(result.steps()).isEqualTo(ResumableRun.STEPS);
      assertThat(result.stopReason()).isEmpty();
    }
  }
}
