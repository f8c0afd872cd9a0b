package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.registry.ModelRegistry;
import io.refract.registry.ModelVersion;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.Snowflake;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.data.Dataset;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;

/**
 * The program of the README. It needs an account, so the build compiles it and nothing runs it;
 * {@link EndToEndTest} runs the same steps on the embedded Snowflake.
 */
final class SmallestProgram {

  private SmallestProgram() {}

  static void program() {
    // start region
    var tickets =
        Dataset.csv(Path.of("tickets.csv")).source("request").target("category").holdOut(0.1, 42);

    ModelRegistry registry = ModelRegistry.at(Path.of("registry"));
    try (T5Model model = T5Model.load(Path.of("t5-small"))) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(tickets.training())
              .validation(tickets.validation())
              .taskPrefix("triage: ")
              .epochs(3)
              .callback(Progress.bar())
              .train();
      ModelVersion version =
          registry
              .register("ticket-triage")
              .model(model)
              .scoreWith(new TextToText("triage: ", GenerationSettings.defaults()))
              .provenance(result.provenance())
              .metrics(result.metrics())
              .commit();

      try (Snowflake snowflake = Snowflake.connect("default")) { // a name in connections.toml
        snowflake
            .deploy(version)
            .asFunction("ML.PUBLIC.TRIAGE")
            .modelStage("T5_P_MODEL")
            .tokenizerStage("T5_P_TOKENIZER")
            .functionStage("LLM")
            .plan()
            .apply();
      }
    }
    // end region
  }
}
