package io.refract.train.t5;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.ScorerProvider;
import io.refract.scoring.ScoringException;
import io.refract.scoring.TextModel;
import io.refract.scoring.WeightFormat;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.t5.internal.T5Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class T5ModelTest {

  private static final Path TOKENIZER = Golden.resource("/io/refract/train/tokenization/t5");
  private static final GenerationSettings SHORT = new GenerationSettings(32, 10, 4);

  @TempDir Path folder;

  static T5Model create(boolean tied, long seed) {
    return T5Model.create(config(tied, 16), TOKENIZER, seed);
  }

  /** With a width of 512, about 20 megabytes of weights. */
  static T5Model createWide(int width, long seed) {
    return T5Model.create(config(false, width), TOKENIZER, seed);
  }

  private static T5Config config(boolean tied, int width) {
    String projection = tied ? "relu" : "gated-gelu";
    return new T5Config(
        "t5",
        512,
        width,
        6,
        2 * width,
        2,
        1,
        3,
        32,
        128,
        0.1,
        1e-6,
        1.0,
        projection,
        tied,
        0,
        List.of(1),
        0,
        Map.of("n_positions", "512"));
  }

  private static List<String> texts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "the customer was refused after 14 days. ".repeat(1 + i * 7 % 5) + i)
        .toList();
  }

  private static Map<String, float[]> weights(T5Model model) {
    return T5Access.network(model).parameters().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().toFloatArray()));
  }

  private static void assertSameWeights(T5Model left, T5Model right) {
    Map<String, float[]> expected = weights(right);
    assertThat(weights(left).keySet()).isEqualTo(expected.keySet());
    weights(left)
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void a_saved_model_is_the_same_when_loaded() throws IOException {
    for (boolean tied : new boolean[] {true, false}) {
      Path directory = folder.resolve("saved-" + tied);
      try (T5Model model = create(tied, 1)) {
        model.save(directory);
        try (Stream<Path> files = Files.list(directory)) {
          assertThat(files.map(file -> file.getFileName().toString()))
              .containsExactlyInAnyOrder(
                  "config.json",
                  "generation_config.json",
                  "model.safetensors",
                  "tokenizer.json",
                  "spiece.model",
                  "tokenizer_config.json",
                  "special_tokens_map.json");
        }
        try (T5Model loaded = T5Model.load(directory.toString())) {
          assertThat(loaded.config()).isEqualTo(model.config());
          assertThat(loaded.generationConfig()).isEqualTo(model.generationConfig());
          assertSameWeights(loaded, model);
          assertThat(loaded.generate(texts(3), SHORT)).isEqualTo(model.generate(texts(3), SHORT));
          Path again = folder.resolve("again-" + tied);
          loaded.save(again);
          assertThat(again.resolve("model.safetensors"))
              .hasSameBinaryContentAs(directory.resolve("model.safetensors"));
          assertThat(again.resolve("config.json"))
              .hasSameBinaryContentAs(directory.resolve("config.json"));
        }
      }
    }
  }

  @Test
  void a_seed_gives_the_same_weights_and_another_seed_others() {
    try (T5Model one = create(false, 7);
        T5Model same = create(false, 7);
        T5Model other = create(false, 8)) {
      assertSameWeights(one, same);
      assertThat(weights(other).get("shared.weight"))
          .isNotEqualTo(weights(one).get("shared.weight"));
    }
  }

  @Test
  void first_weights_have_the_published_deviations() {
    try (T5Model model = create(false, 3)) {
      Map<String, float[]> weights = weights(model);
      assertDeviation(weights, "shared.weight", 1);
      assertDeviation(weights, "lm_head.weight", 1);
      assertDeviation(
          weights, "encoder.block.0.layer.0.SelfAttention.q.weight", 1 / Math.sqrt(16 * 6));
      assertDeviation(weights, "encoder.block.0.layer.0.SelfAttention.k.weight", 1 / Math.sqrt(16));
      assertDeviation(
          weights, "decoder.block.0.layer.1.EncDecAttention.v.weight", 1 / Math.sqrt(16));
      assertDeviation(
          weights, "decoder.block.0.layer.1.EncDecAttention.o.weight", 1 / Math.sqrt(3 * 6));
      assertDeviation(
          weights, "encoder.block.1.layer.1.DenseReluDense.wi_1.weight", 1 / Math.sqrt(16));
      assertDeviation(
          weights, "encoder.block.1.layer.1.DenseReluDense.wo.weight", 1 / Math.sqrt(32));
      assertThat(weights.get("encoder.final_layer_norm.weight")).containsOnly(1f);
    }
  }

  private static void assertDeviation(Map<String, float[]> weights, String name, double expected) {
    float[] values = requireNonNull(weights.get(name), name);
    double squares = 0;
    for (float value : values) {
      squares += value * value;
    }
    double tolerance = 4 * expected / Math.sqrt(2.0 * values.length); // four standard errors
    assertThat(Math.sqrt(squares / values.length)).as(name).isCloseTo(expected, within(tolerance));
  }

  @Test
  void outputs_come_in_the_order_of_the_inputs_whatever_the_batches() {
    try (T5Model model = create(false, 4)) {
      List<String> inputs = texts(11);
      List<String> together = model.generate(inputs, SHORT);
      List<String> alone =
          inputs.stream().map(input -> model.generate(List.of(input), SHORT).get(0)).toList();
      assertThat(together).isEqualTo(alone);
      assertThat(model.generate(List.of(), SHORT)).isEmpty();
    }
  }

  @Test
  void generated_ids_stop_at_the_limit() {
    try (T5Model model = create(false, 4)) {
      List<int[]> sources = model.tokenizer().encodeAll(texts(6), 32);
      assertThat(model.generateIds(sources, SHORT.withMaxNewTokens(3)))
          .allSatisfy(ids -> assertThat(ids).hasSizeBetween(1, 3));
    }
  }

  @Test
  void many_threads_generate_what_one_does() throws Exception {
    try (T5Model model = create(false, 6)) {
      List<String> inputs = texts(6);
      List<String> expected = model.generate(inputs, SHORT);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        Callable<List<String>> work = () -> model.generate(inputs, SHORT);
        for (Future<List<String>> result :
            threads.invokeAll(IntStream.range(0, 12).mapToObj(i -> work).toList())) {
          assertThat(result.get()).isEqualTo(expected);
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void generating_keeps_no_memory_and_the_grad_mode() {
    try (T5Model model = create(false, 6)) {
      BaseNDManager manager = (BaseNDManager) T5Access.network(model).manager();
      List<NDArray> before = manager.getManagedArrays();
      boolean mode = JniUtils.isGradMode();
      model.generate(texts(5), SHORT);
      assertThat(manager.getManagedArrays()).hasSameSizeAs(before);
      assertThat(JniUtils.isGradMode()).isEqualTo(mode);
    }
  }

  @Test
  void a_closed_model_says_so() {
    T5Model model = create(true, 1);
    model.close();
    model.close();
    assertThatThrownBy(() -> model.generate(List.of("a"), SHORT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> T5Access.network(model)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.save(folder.resolve("x")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void ids_outside_of_the_vocabulary_are_an_argument_error() {
    try (T5Model model = create(true, 1)) {
      assertThatThrownBy(() -> model.generateIds(List.of(new int[] {512}), SHORT))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> model.generateIds(List.of(new int[0]), SHORT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("source 0");
    }
  }

  @Test
  void saving_over_anything_is_refused_and_loses_nothing() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    try (T5Model model = create(true, 1)) {
      assertThatThrownBy(() -> model.save(folder))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("not empty");
      assertThatThrownBy(() -> model.writeTo(folder)).isInstanceOf(CheckpointException.class);
    }
    assertThat(folder.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void a_model_whose_vocabulary_is_smaller_than_the_tokenizers_is_refused() {
    T5Config small =
        new T5Config(
            "t5",
            64,
            8,
            2,
            8,
            1,
            1,
            1,
            32,
            128,
            0,
            1e-6,
            1,
            "relu",
            true,
            0,
            List.of(1),
            0,
            Map.of());
    assertThatThrownBy(() -> T5Model.create(small, TOKENIZER, 1))
        .hasMessageContaining("does not belong to this model");
  }

  @Test
  void the_provider_is_found_on_the_module_path_and_on_the_class_path() throws IOException {
    String name = T5ScorerProvider.class.getName();
    assertThat(T5ScorerProvider.class.getModule().getDescriptor().provides())
        .anyMatch(
            provides ->
                provides.service().equals(ScorerProvider.class.getName())
                    && provides.providers().contains(name));
    assertThat(
            Files.readString(
                Golden.resource("/META-INF/services/" + ScorerProvider.class.getName())))
        .isEqualToIgnoringNewLines(name);
  }

  @Test
  void the_provider_opens_what_a_model_wrote() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("model"));
    try (T5Model model = create(true, 2)) {
      model.writeTo(directory);
      ScorerProvider provider = new T5ScorerProvider();
      assertThat(provider.format()).isEqualTo(model.format());
      for (WeightFormat format : WeightFormat.values()) {
        try (TextModel opened = provider.open(directory, format)) {
          assertThat(((T5Model) opened).weightFormat()).isEqualTo(format);
          assertThat(opened.generate(texts(2), SHORT))
              .isEqualTo(model.scoreIn(format).generate(texts(2), SHORT));
        }
      }
    }
  }

  @Test
  void the_provider_says_what_it_cannot_open() {
    assertThatThrownBy(
            () -> new T5ScorerProvider().open(folder.resolve("none"), WeightFormat.FLOAT32))
        .isInstanceOf(ScoringException.class)
        .hasMessageContaining("cannot open the model in " + folder.resolve("none"));
  }

  @Test
  void a_missing_directory_is_named() {
    assertThatThrownBy(() -> T5Model.load(folder.resolve("none")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("none");
  }

  @Test
  void long_sources_are_cut_with_their_end_token_kept() {
    try (T5Model model = create(true, 2)) {
      String text = texts(5).get(3);
      int[] cut = model.tokenizer().encode(text, 5);
      assertThat(cut).hasSize(5).endsWith(1);
      assertThat(Arrays.asList(model.generate(List.of(text), new GenerationSettings(5, 4, 1))))
          .isEqualTo(
              List.of(
                  model
                      .tokenizer()
                      .decodeAll(
                          model.generateIds(List.of(cut), new GenerationSettings(5, 4, 1)))));
    }
  }
}
