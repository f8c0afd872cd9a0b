package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.refract.train.optim.AdamW;
import io.refract.train.optim.LearningRateSchedule;
import org.junit.jupiter.api.Test;

class TrainingConfigTest {

  @Test
  void defaults_are_those_that_the_documentation_names() {
    TrainingConfig config = TrainingConfig.defaults();
    assertThat(config.epochs()).isEqualTo(3);
    assertThat(config.batchSize()).isEqualTo(8);
    assertThat(config.gradientAccumulationSteps()).isEqualTo(1);
    assertThat(config.taskPrefix()).isEmpty();
    assertThat(config.maxSourceTokens()).isEqualTo(512);
    assertThat(config.maxTargetTokens()).isEqualTo(128);
    assertThat(config.optimizer()).isEqualTo(new AdamW(3e-4, 0.0, 0.9, 0.999, 1e-8));
    assertThat(config.schedule())
        .isEqualTo(new LearningRateSchedule(LearningRateSchedule.Decay.LINEAR, 0, 0.0));
    assertThat(config.maxGradientNorm()).isEqualTo(1.0);
    assertThat(config.dropout()).isEmpty();
    assertThat(config.seed()).isEqualTo(42);
  }

  @Test
  void each_with_method_changes_its_own_value_only() {
    TrainingConfig changed =
        TrainingConfig.defaults()
            .withEpochs(5)
            .withBatchSize(4)
            .withGradientAccumulationSteps(2)
            .withTaskPrefix("summarize: ")
            .withMaxSourceTokens(256)
            .withMaxTargetTokens(64)
            .withOptimizer(AdamW.defaults().withWeightDecay(0.01))
            .withSchedule(LearningRateSchedule.constant())
            .withMaxGradientNorm(0.5)
            .withDropout(0.2)
            .withSeed(7);
    assertThat(changed.asMap().toString())
        .isEqualTo(
            "{epochs=5, batch_size=4, gradient_accumulation_steps=2, task_prefix=summarize: ,"
                + " max_source_tokens=256, max_target_tokens=64, optimizer=adamw,"
                + " learning_rate=3.0E-4, weight_decay=0.01, beta1=0.9, beta2=0.999,"
                + " epsilon=1.0E-8, schedule=constant, warmup_steps=0, warmup_ratio=0.0,"
                + " max_gradient_norm=0.5, dropout=0.2, seed=7}");
  }

  @Test
  void values_out_of_range_are_refused_with_rule_and_value() {
    TrainingConfig config = TrainingConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withBatchSize(0))
        .withMessage("batch size must be at least 1 but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withEpochs(-1))
        .withMessage("epochs must be at least 1 but was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withMaxGradientNorm(Double.NaN))
        .withMessage("max gradient norm must not be negative but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withDropout(1.0))
        .withMessage("dropout must be at least 0 and below 1 but was 1.0");
  }
}
