package io.refract.train.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.refract.progress.ProgressEvent;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.t5.T5Config;
import io.refract.train.t5.T5Model;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvaluatorTest {

  private static final List<Example> EXAMPLES =
      List.of(
          new Example("sun", "the sun"),
          new Example("a red house in the north and a new house in the east", "no"),
          new Example("they had ice cream", "ice cream and a cake and a beer"),
          new Example("one or two days after", "yes"),
          new Example("not here", "here"));

  private Path tokenizer;
  private T5Model model;

  private static T5Config config(int layers, double initializerFactor) {
    return new T5Config(
        "t5",
        320,
        32,
        8,
        64,
        layers,
        layers,
        4,
        32,
        128,
        0.1,
        1e-6,
        initializerFactor,
        "relu",
        true,
        0,
        List.of(1),
        0,
        Map.of());
  }

  @BeforeAll
  void create() throws URISyntaxException {
    tokenizer =
        Path.of(
            requireNonNull(EvaluatorTest.class.getResource("/io/refract/train/tokenization/t5"))
                .toURI());
    model = T5Model.create(config(1, 1.0), tokenizer, 5);
  }

  @AfterAll
  void close() {
    model.close();
  }

  @Test
  void all_metrics_are_given_by_plain_names_when_none_is_named() {
    EvaluationResult result = Evaluator.of(model).maxTargetTokens(6).evaluate(Dataset.of(EXAMPLES));
    assertThat(result.metrics())
        .containsOnlyKeys("loss", "exact_match", "rouge1", "rouge2", "rougeL", "rougeLsum");
    assertThat(result.rows()).isEqualTo(5);
    assertThat(result.seconds()).isPositive();
  }

  @Test
  void more_target_tokens_than_a_model_can_be_asked_for_are_refused() {
    Evaluator unlimited = Evaluator.of(model).maxTargetTokens(Integer.MAX_VALUE);
    assertThatThrownBy(() -> unlimited.evaluate(Dataset.of(EXAMPLES)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max target tokens must be at most 1000000 to generate, but are 2147483647");
    assertThat(unlimited.lossOnly().evaluate(Dataset.of(EXAMPLES)).metrics())
        .containsOnlyKeys("loss");
  }

  @Test
  void predictions_are_what_the_model_generates_in_the_order_of_the_examples() {
    List<String> generated =
        model.generate(
            EXAMPLES.stream().map(e -> "say: " + e.source()).toList(),
            GenerationSettings.defaults().withMaxNewTokens(6).withBatchSize(1));
    EvaluationResult result =
        Evaluator.of(model)
            .taskPrefix("say: ")
            .maxTargetTokens(6)
            .batchSize(2)
            .evaluate(Dataset.of(EXAMPLES));
    assertThat(result.predictions()).isEqualTo(generated);
  }

  /**
   * One by one, because the inputs of a batch are quantized together. Great first weights make what
   * is generated depend on every rounding, those of the encoder too.
   */
  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void predictions_are_those_of_the_format_and_the_loss_that_of_the_weights(WeightFormat format) {
    Dataset data =
        Dataset.of(
            IntStream.range(0, 24)
                .mapToObj(i -> new Example("they had ice cream ".repeat(1 + i % 7) + i, "yes"))
                .toList());
    try (T5Model sensitive = T5Model.create(config(2, 3.0), tokenizer, 5)) {
      Evaluator evaluator = Evaluator.of(sensitive).maxTargetTokens(40).batchSize(1);
      EvaluationResult exact = evaluator.evaluate(data);
      sensitive.scoreIn(format);
      List<String> generated =
          sensitive.generate(
              data.examples().stream().map(Example::source).toList(),
              GenerationSettings.defaults().withMaxNewTokens(40).withBatchSize(1));
      EvaluationResult result = evaluator.evaluate(data);
      assertThat(result.predictions()).isEqualTo(generated);
      assertThat(generated.equals(exact.predictions())).isEqualTo(format == WeightFormat.FLOAT32);
      assertThat(loss(result)).isEqualTo(loss(exact));
    }
  }

  /** As long as targets may be, and not 20 tokens as transformers' own default. */
  @Test
  void predictions_are_not_cut_at_twenty_tokens() {
    GenerationSettings settings = GenerationSettings.defaults().withMaxNewTokens(40);
    List<int[]> sources =
        EXAMPLES.stream().map(e -> model.tokenizer().encode(e.source(), 64)).toList();
    List<int[]> ids = model.generateIds(sources, settings);
    assertThat(ids).anyMatch(row -> row.length == 40);
    EvaluationResult result =
        Evaluator.of(model).maxTargetTokens(40).evaluate(Dataset.of(EXAMPLES));
    assertThat(result.predictions()).isEqualTo(model.tokenizer().decodeAll(ids));
  }

  @Test
  void the_loss_is_the_mean_over_target_tokens_whatever_the_batch_size() {
    Dataset data = Dataset.of(EXAMPLES);
    Evaluator evaluator = Evaluator.of(model).lossOnly();
    double together = loss(evaluator.batchSize(5).evaluate(data));
    double oneByOne = loss(evaluator.batchSize(1).evaluate(data));
    assertThat(oneByOne).isCloseTo(together, within(1e-5));

    double sum = 0;
    int tokens = 0;
    for (Example example : EXAMPLES) {
      int count = model.tokenizer().encode(example.target(), 128).length;
      sum += count * loss(evaluator.evaluate(Dataset.of(List.of(example))));
      tokens += count;
    }
    assertThat(sum / tokens).isCloseTo(together, within(1e-5));
  }

  @Test
  void dropout_is_off() {
    Evaluator evaluator = Evaluator.of(model).lossOnly();
    Dataset data = Dataset.of(EXAMPLES);
    assertThat(loss(evaluator.evaluate(data))).isEqualTo(loss(evaluator.evaluate(data)));
  }

  @Test
  void loss_only_generates_nothing() {
    EvaluationResult result = Evaluator.of(model).lossOnly().evaluate(Dataset.of(EXAMPLES));
    assertThat(result.metrics()).containsOnlyKeys("loss");
    assertThat(result.predictions()).isEmpty();
  }

  @Test
  void progress_counts_examples() {
    List<ProgressEvent> events = new ArrayList<>();
    Evaluator.of(model)
        .lossOnly()
        .batchSize(2)
        .progress(events::add)
        .evaluate(Dataset.of(EXAMPLES));
    assertThat(events).extracting(ProgressEvent::done).containsExactly(2L, 4L, 5L);
    assertThat(events).extracting(ProgressEvent::total).containsOnly(5L);
  }

  @Test
  void a_value_out_of_range_is_refused_with_rule_and_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Evaluator.of(model).batchSize(0))
        .withMessage("batch size must be at least 1 but was 0");
  }

  private static double loss(EvaluationResult result) {
    return requireNonNull(result.metrics().get("loss"));
  }
}
