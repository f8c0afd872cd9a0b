package io.refract.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {

  static Stream<Optimizer> all() {
    return Stream.of(AdamW.defaults(), Adafactor.defaults(), ScaledAdamW.defaults());
  }

  @ParameterizedTest
  @MethodSource("all")
  void layer_norms_and_relative_position_biases_do_not_decay(Optimizer defaults) {
    Optimizer optimizer = defaults.withWeightDecay(0.1);
    assertThat(
            List.of(
                "shared.weight",
                "lm_head.weight",
                "decoder.block.1.layer.2.DenseReluDense.wo.weight"))
        .allSatisfy(name -> assertThat(optimizer.weightDecayOf(name)).isEqualTo(0.1));
    assertThat(
            List.of(
                "decoder.final_layer_norm.weight",
                "encoder.block.0.layer.1.layer_norm.weight",
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"))
        .allSatisfy(name -> assertThat(optimizer.weightDecayOf(name)).isZero());
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_user_says_which_parameters_do_not_decay(Optimizer defaults) {
    Optimizer optimizer = defaults.withWeightDecay(0.1).withNoDecay("^shared\\.");
    assertThat(optimizer.weightDecayOf("shared.weight")).isZero();
    assertThat(optimizer.weightDecayOf("decoder.final_layer_norm.weight")).isEqualTo(0.1);
    assertThat(optimizer).isEqualTo(defaults.withNoDecay("^shared\\.").withWeightDecay(0.1));
  }

  @ParameterizedTest
  @MethodSource("all")
  void changing_one_value_keeps_the_others(Optimizer defaults) {
    Optimizer there = defaults.withLearningRate(0.5).withWeightDecay(0.25).withNoDecay("x");
    assertThat(there).isNotEqualTo(defaults);
    assertThat(
            there
                .withLearningRate(defaults.learningRate())
                .withWeightDecay(defaults.weightDecay())
                .withNoDecay(defaults.noDecay()))
        .isEqualTo(defaults);
    Adafactor adafactor = Adafactor.defaults();
    assertThat(
            adafactor
                .withEpsilons(1e-20, 0.5)
                .withClipThreshold(2)
                .withDecayRate(-0.5)
                .withBeta1(0.9)
                .withScaleParameter(true))
        .isEqualTo(
            new Adafactor(
                1e-3,
                0,
                1e-20,
                0.5,
                2,
                -0.5,
                OptionalDouble.of(0.9),
                true,
                Optimizer.DEFAULT_NO_DECAY));
  }

  @Test
  void the_provenance_tells_every_setting() {
    assertThat(AdamW.defaults().asMap().toString())
        .isEqualTo(
            "{optimizer=adamw, learning_rate=3.0E-4, weight_decay=0.0,"
                + " no_decay=bias|layernorm|rmsnorm|_norm, beta1=0.9, beta2=0.999,"
                + " epsilon=1.0E-8}");
    assertThat(ScaledAdamW.defaults().asMap().toString())
        .isEqualTo(
            "{optimizer=scaled_adamw, learning_rate=0.02, weight_decay=0.0,"
                + " no_decay=bias|layernorm|rmsnorm|_norm, beta1=0.9, beta2=0.999,"
                + " epsilon=1.0E-6}");
    assertThat(Adafactor.defaults().asMap().toString())
        .isEqualTo(
            "{optimizer=adafactor, learning_rate=0.001, weight_decay=0.0,"
                + " no_decay=bias|layernorm|rmsnorm|_norm, square_epsilon=1.0E-30,"
                + " scale_epsilon=0.001, clip_threshold=1.0, decay_rate=-0.8,"
                + " scale_parameter=false}");
    assertThat(Adafactor.defaults().withBeta1(0.9).asMap()).containsEntry("beta1", "0.9");
  }

  @Test
  void adafactor_recommends_unclipped_gradients() {
    assertThat(Adafactor.defaults().recommendedMaxGradientNorm()).isZero();
    assertThat(AdamW.defaults().recommendedMaxGradientNorm()).isEqualTo(1.0);
  }

  @ParameterizedTest
  @MethodSource("all")
  void shared_settings_out_of_range_are_refused_with_rule_and_value(Optimizer optimizer) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.withLearningRate(0))
        .withMessage("learning rate must be greater than 0 but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.withWeightDecay(-0.1))
        .withMessage("weight decay must not be negative but was -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.withNoDecay("(bias"))
        .withMessage("noDecay must be a regular expression but was '(bias': Unclosed group");
  }

  @Test
  void own_settings_out_of_range_are_refused_with_rule_and_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdamW.defaults().withBetas(0.9, 1.0))
        .withMessage("beta2 must be at least 0 and below 1 but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaledAdamW.defaults().withEpsilon(0))
        .withMessage("epsilon must be greater than 0 but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Adafactor.defaults().withDecayRate(0.8))
        .withMessage("decay rate must be below 0 but was 0.8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Adafactor.defaults().withBeta1(1))
        .withMessage("beta1 must be at least 0 and below 1 but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Adafactor.defaults().withEpsilons(1e-50, 1e-3))
        .withMessage("square epsilon must be at least 1.0E-37 but was 1.0E-50");
  }
}
