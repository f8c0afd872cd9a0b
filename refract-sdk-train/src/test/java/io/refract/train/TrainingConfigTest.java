package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.refract.train.data.Batching;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.Objective;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TrainingConfigTest {

  @Test
  void defaults_are_those_that_the_documentation_names() {
    TrainingConfig config = TrainingConfig.defaults();
    assertThat(config.length()).isEqualTo(new TrainingConfig.Length(3, OptionalInt.empty()));
    assertThat(config.batching())
        .isEqualTo(new Batching(8, OptionalInt.empty(), false, Optional.empty()));
    assertThat(config.gradientAccumulationSteps()).isEqualTo(1);
    assertThat(config.texts()).isEqualTo(new TrainingConfig.Texts("", 512, 128));
    assertThat(config.update().optimizer()).isEqualTo(AdamW.defaults());
    assertThat(config.update().optimizer().learningRate()).isEqualTo(3e-4);
    assertThat(config.update().schedule()).isEqualTo(LearningRateSchedule.linear());
    assertThat(config.update().maxGradientNorm()).isEqualTo(1.0);
    assertThat(config.objective()).isEqualTo(new Objective(0, 0));
    assertThat(config.dropout()).isEmpty();
    assertThat(config.computation())
        .isEqualTo(new TrainingConfig.Computation(Precision.FP32, false, false));
    assertThat(config.seed()).isEqualTo(42);
  }

  @Test
  void the_provenance_names_every_value() {
    TrainingConfig changed =
        TrainingConfig.defaults()
            .withLength(new TrainingConfig.Length(5, OptionalInt.of(90)))
            .withBatching(
                Batching.defaults().withBatchSize(4).withTokenBudget(900).withPacking(true))
            .withGradientAccumulationSteps(2)
            .withTexts(new TrainingConfig.Texts("summarize: ", 256, 64))
            .withOptimizer(AdamW.defaults().withWeightDecay(0.01))
            .withSchedule(LearningRateSchedule.constant())
            .withMaxGradientNorm(0.5)
            .withObjective(new Objective(0.1, 1e-4))
            .withDropout(0.2)
            .withComputation(new TrainingConfig.Computation(Precision.BF16, true, true))
            .withSeed(7);
    assertThat(changed.asMap())
        .containsEntry("epochs", "5")
        .containsEntry("max_steps", "90")
        .containsEntry("batch_size", "4")
        .containsEntry("token_budget", "900")
        .containsEntry("packing", "true")
        .containsEntry("gradient_accumulation_steps", "2")
        .containsEntry("task_prefix", "summarize: ")
        .containsEntry("max_source_tokens", "256")
        .containsEntry("max_target_tokens", "64")
        .containsEntry("optimizer", "adamw")
        .containsEntry("weight_decay", "0.01")
        .containsEntry("schedule", "constant")
        .containsEntry("max_gradient_norm", "0.5")
        .containsEntry("label_smoothing", "0.1")
        .containsEntry("z_loss", "1.0E-4")
        .containsEntry("dropout", "0.2")
        .containsEntry("precision", "bf16")
        .containsEntry("gradient_checkpointing", "true")
        .containsEntry("freeze_encoder", "true")
        .containsEntry("seed", "7");
  }

  @Test
  void values_out_of_range_are_refused_with_rule_and_value() {
    TrainingConfig config = TrainingConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.batching().withBatchSize(0))
        .withMessage("batch size must be at least 1 but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrainingConfig.Length(-1, OptionalInt.empty()))
        .withMessage("epochs must be at least 1 but was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withMaxGradientNorm(Double.NaN))
        .withMessage("max gradient norm must not be negative but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withDropout(1.0))
        .withMessage("dropout must be at least 0 and below 1 but was 1.0");
  }

  @Test
  void fp16_is_refused_with_the_reason() {
    assertThat(Precision.of("BF16")).isEqualTo(Precision.BF16);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Precision.of("fp16"))
        .withMessageContaining("exceed 65504")
        .withMessageContaining("bf16");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Precision.of("int8"))
        .withMessage("precision must be fp32 or bf16 but was 'int8'");
  }
}
