package io.refract.train;

import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.T5Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training that {@link ResumeTest} interrupts in many ways: 20 examples, batches of 3, two
 * batches an update, dropout, 3 epochs of 4 updates.
 */
final class ResumableRun {

  static final int STEPS = 12;

  private ResumableRun() {}

  static List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      examples.add(new Example("the day after " + "late ".repeat(i % 4) + i, "a new day " + i));
    }
    return examples;
  }

  static T5Model model() {
    return Fixtures.tinyModel(0.1, 7);
  }

  static T5Trainer trainer(T5Model model) {
    return T5Trainer.of(model)
        .data(Dataset.of(examples()))
        .validation(Dataset.of(examples().subList(0, 4)))
        .batchSize(3)
        .gradientAccumulationSteps(2)
        .epochs(3)
        .learningRate(3e-3)
        .warmupSteps(2)
        .seed(11);
  }

  static Map<String, float[]> weights(T5Model model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    T5Access.network(model)
        .parameters()
        .forEach((name, parameter) -> weights.put(name, parameter.toFloatArray()));
    return weights;
  }

  /** Stops after a step. */
  static TrainingCallback stopAfter(int step) {
    return new TrainingCallback() {
      private int seen;

      @Override
      public void onStep(StepReport report) {
        seen = report.step();
      }

      @Override
      public Optional<String> stopReason() {
        return seen == step ? Optional.of("enough for today") : Optional.empty();
      }
    };
  }

  /** Trains with checkpoints and prints each step; {@link ResumeTest} kills it in the middle. */
  public static void main(String[] arguments) {
    TrainingCallback announce =
        new TrainingCallback() {
          @Override
          @SuppressWarnings("SystemOut") // what the test waits for
          public void onStep(StepReport report) {
            System.out.println("step " + report.step());
            System.out.flush();
          }
        };
    try (T5Model model = model()) {
      T5Trainer trainer =
          trainer(model)
              .checkpoints(Checkpoints.in(Path.of(arguments[0])).everySteps(2))
              .callback(announce);
      if (arguments.length > 1) {
        trainer.stopOnShutdown();
      }
      trainer.train();
    }
  }
}
