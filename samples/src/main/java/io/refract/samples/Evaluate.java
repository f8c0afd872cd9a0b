package io.refract.samples;

import io.refract.train.data.Dataset;
import io.refract.train.evaluation.EvaluationResult;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.t5.T5Model;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates a checkpoint on a file and prints the metrics as JSON. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Prints loss, ROUGE and exact match of a model on two columns of a file, as JSON on standard"
            + " output. What was skipped while reading goes to standard error.")
final class Evaluate implements Callable<Integer> {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Hugging Face checkpoint directory.")
  String model = "";

  @Mixin private final WeightOptions weights = new WeightOptions();

  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "Task prefix the model was trained with (default: none).")
  String prefix = "";

  @Option(
      names = "--max-source-tokens",
      paramLabel = "N",
      description = "Tokens after which a source is cut (default: ${DEFAULT-VALUE}).")
  int maxSourceTokens = 512;

  @Option(
      names = "--max-target-tokens",
      paramLabel = "N",
      description =
          "Tokens after which a reference is cut and generation stops (default: ${DEFAULT-VALUE}).")
  int maxTargetTokens = 128;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Examples that go through the model at once (default: ${DEFAULT-VALUE}).")
  int batchSize = 16;

  @Override
  public Integer call() {
    Dataset dataset = data.read();
    System.err.println(dataset.report());
    try (T5Model t5 = weights.open(model)) {
      EvaluationResult result =
          Evaluator.of(t5)
              .taskPrefix(prefix)
              .maxSourceTokens(maxSourceTokens)
              .maxTargetTokens(maxTargetTokens)
              .batchSize(batchSize)
              .evaluate(dataset);
      Report report = new Report();
      report.put("rows", dataset.size());
      result.metrics().forEach(report::put);
      System.out.println(report.toJson());
    }
    return 0;
  }
}
