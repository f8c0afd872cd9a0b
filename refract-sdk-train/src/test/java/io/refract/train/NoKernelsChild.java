package io.refract.train;

import io.refract.scoring.WeightFormat;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.generation.GeneratedText;
import io.refract.train.t5.T5Model;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What {@link NoKernelsTest} runs in a JVM of its own, and in this one. */
final class NoKernelsChild {

  private static final List<Example> EXAMPLES =
      List.of(
          new Example("the invoice is wrong", "billing"),
          new Example("where is my parcel", "shipping"),
          new Example("a parcel was lost", "shipping"),
          new Example("pay by card", "billing"));

  private NoKernelsChild() {}

  /** Prints what was computed. */
  public static void main(String[] arguments) {
    texts().forEach(text -> System.out.println("text " + text));
    losses().forEach(loss -> System.out.println("loss " + loss));
    System.out.println("bf16 " + attempt(() -> losses(Precision.BF16)));
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      System.out.println("int8 " + attempt(() -> model.scoreIn(WeightFormat.INT8)));
    }
  }

  /** Generates greedily and with beams. */
  static List<String> texts() {
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      List<String> inputs = EXAMPLES.stream().map(Example::source).toList();
      List<GeneratedText> all = new ArrayList<>(model.generator().maxNewTokens(8).generate(inputs));
      all.addAll(model.generator().maxNewTokens(8).numBeams(3).generate(inputs));
      return all.stream().map(text -> text.ids().toString()).toList();
    }
  }

  /** Trains with dropout, which both forms draw alike. */
  static List<Double> losses() {
    return losses(Precision.FP32);
  }

  private static List<Double> losses(Precision precision) {
    List<Double> losses = new ArrayList<>();
    try (T5Model model = Fixtures.tinyModel(0.1, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(Dataset.of(EXAMPLES))
              .validation(Dataset.of(EXAMPLES))
              .precision(precision)
              .batchSize(2)
              .learningRate(1e-3)
              .epochs(3)
              .train();
      result.evaluations().forEach(report -> losses.add(report.metrics().get("loss")));
    }
    return losses;
  }

  private static String attempt(Supplier<?> work) {
    try {
      return "worked: " + work.get();
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
