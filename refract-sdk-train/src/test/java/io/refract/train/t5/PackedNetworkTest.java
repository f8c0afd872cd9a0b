package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.kernel.Packing;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels of scoring compute what the array form computes. */
class PackedNetworkTest {

  /** More tokens than the first capacity of the cache, so that it grows twice. */
  private static final int TOKENS = 40;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static PackedNetwork packed(T5ArrayNetwork network, Golden golden, Packing packing) {
    T5Config config = T5Config.load(golden.directory());
    return PackedNetwork.of(network, config, network.parameters(), packing).orElseThrow();
  }

  @Test
  void only_weights_with_memory_of_their_own_are_counted() throws IOException {
    Golden golden = Golden.load("v1_1");
    T5ArrayNetwork network = golden.network(manager);
    T5Config config = T5Config.load(golden.directory());
    long attention = 3L * config.dModel() * config.numHeads() * config.dKv();
    long joined = attention + 2L * config.dModel() * config.dFf();
    long memory = 2L * config.dModel() * config.numHeads() * config.dKv();
    try (PackedNetwork plain = packed(network, golden, Packing.PLAIN);
        PackedNetwork packed = packed(network, golden, Packing.FLOAT32)) {
      assertThat(plain.packedWeights())
          .isEqualTo(config.numLayers() * joined + config.numDecoderLayers() * (joined + memory));
      assertThat(packed.packedWeights()).isGreaterThan(plain.packedWeights());
    }
  }

  @Test
  void the_digits_of_a_language_do_not_get_into_the_names_of_weights() throws IOException {
    Golden golden = Golden.load("v1_1");
    T5ArrayNetwork network = golden.network(manager);
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    try (PackedNetwork packed = packed(network, golden, Packing.PLAIN)) {
      assertThat(packed.packedWeights()).isPositive();
    } finally {
      Locale.setDefault(before);
    }
  }

  static Stream<Arguments> formsAndPackings() {
    return Stream.of("v1_0", "v1_1", "inner_width", "uneven", "erf_gelu", "mt5")
        .flatMap(
            form ->
                Stream.of(Packing.PLAIN, Packing.FLOAT32)
                    .map(packing -> Arguments.of(form, packing)));
  }

  @ParameterizedTest
  @MethodSource("formsAndPackings")
  void float32_gives_the_states_and_scores_of_the_array_form(String form, Packing packing)
      throws IOException {
    Golden golden = Golden.load(form);
    T5ArrayNetwork network = golden.network(manager);
    try (PackedNetwork packed = packed(network, golden, packing)) {
      for (GoldenBatch batch : golden.batches()) {
        List<float[]> expected = run(new ArrayScoring(network), batch);
        List<float[]> actual = run(packed, batch);
        for (int i = 0; i < expected.size(); i++) {
          float[] array = expected.get(i);
          float largest = largest(array);
          assertThat(actual.get(i))
              .as("array %s", i)
              .containsExactly(array, within(largest * 2e-5f));
        }
      }
    }
  }

  /** Lower precision is near; how near decides nothing here, see docs/QUALITY.md. */
  @ParameterizedTest
  @CsvSource({"BFLOAT16, 0.03", "INT8, 0.1"})
  void low_precision_is_near_the_array_form(Packing packing, float tolerance) throws IOException {
    Golden golden = Golden.load("v1_1");
    T5ArrayNetwork network = golden.network(manager);
    try (PackedNetwork packed = packed(network, golden, packing)) {
      GoldenBatch batch = golden.batches().get(0);
      float[] expected = run(new ArrayScoring(network), batch).get(1);
      float[] actual = run(packed, batch).get(1);
      assertThat(actual).isNotEqualTo(expected);
      assertThat(distance(actual, expected)).isLessThan(tolerance);
    }
  }

  /** Returns the encoder's states and the scores after each of some tokens. */
  private List<float[]> run(ScoringNetwork network, GoldenBatch batch) {
    return GradMode.off(
        () -> {
          List<float[]> arrays = new ArrayList<>();
          try (NDManager scope = manager.newSubManager()) {
            EncoderOutput encoded = encode(network, scope, batch);
            arrays.add(encoded.states().toFloatArray());
            try (StepDecoder decoder = network.stepDecoder(encoded, TOKENS)) {
              for (int i = 0; i < TOKENS; i++) {
                arrays.add(next(scope, decoder, i));
              }
            }
          }
          return arrays;
        });
  }

  private static EncoderOutput encode(ScoringNetwork network, NDManager scope, GoldenBatch golden) {
    return network.encode(
        scope, golden.batch().inputIds(), golden.batch().attentionMask(), golden.rows());
  }

  /** Feeds tokens that differ from row to row and from step to step. */
  private static float[] next(NDManager scope, StepDecoder decoder, int step) {
    long[] tokens = new long[decoder.rows()];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = 2 + (7L * row + 3L * step) % 40;
    }
    try (NDManager inner = scope.newSubManager()) {
      return decoder.next(inner, tokens).toFloatArray();
    }
  }

  private static float largest(float[] values) {
    float largest = 1e-3f;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double distance(float[] actual, float[] expected) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }

  @ParameterizedTest
  @CsvSource({
    "'0,0,0,1,1,1'", // beams
    "'1,1'", // a source is finished
    "'1'",
    "'0,1,1'", // groups of different size
    "'1,0'",
  })
  void selected_rows_go_on_as_in_the_array_form(String rows) throws IOException {
    int[] parents = Arrays.stream(rows.split(",")).mapToInt(Integer::parseInt).toArray();
    Golden golden = Golden.load("v1_0");
    T5ArrayNetwork network = golden.network(manager);
    try (PackedNetwork packed = packed(network, golden, Packing.FLOAT32)) {
      for (int before : new int[] {0, 1, 18}) {
        float[] expected = afterSelection(new ArrayScoring(network), golden, before, parents);
        float[] actual = afterSelection(packed, golden, before, parents);
        assertThat(actual).containsExactly(expected, within(largest(expected) * 2e-5f));
      }
    }
  }

  private float[] afterSelection(ScoringNetwork network, Golden golden, int before, int[] parents) {
    GoldenBatch batch = golden.batches().get(0);
    return GradMode.off(
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            EncoderOutput encoded = encode(network, scope, batch);
            try (StepDecoder decoder = network.stepDecoder(encoded, TOKENS)) {
              for (int i = 0; i < before; i++) {
                next(scope, decoder, i);
              }
              decoder.select(parents);
              next(scope, decoder, before);
              // Beams change places in every step of a search.
              int[] reversed = new int[parents.length];
              for (int i = 0; i < reversed.length; i++) {
                reversed[i] = reversed.length - 1 - i;
              }
              decoder.select(reversed);
              return next(scope, decoder, before + 1);
            }
          }
        });
  }

  @Test
  void what_never_may_reach_the_engine_is_refused() throws IOException {
    Golden golden = Golden.load("v1_0");
    T5ArrayNetwork network = golden.network(manager);
    try (PackedNetwork packed = packed(network, golden, Packing.FLOAT32);
        NDManager scope = manager.newSubManager()) {
      assertThatThrownBy(() -> packed.encode(scope, new long[] {64}, new long[] {1}, 1))
          .hasMessageContaining("input id 64 lies outside of the vocabulary");
      assertThatThrownBy(() -> packed.encode(scope, new long[3], new long[3], 2))
          .hasMessageContaining("cannot be cut into 2 rows");
      EncoderOutput encoded = packed.encode(scope, new long[] {5, 1}, new long[] {1, 1}, 1);
      try (StepDecoder decoder = packed.stepDecoder(encoded, 1)) {
        assertThatThrownBy(() -> decoder.next(scope, new long[] {-1}))
            .hasMessageContaining("token -1 lies outside of the vocabulary");
        assertThatThrownBy(() -> decoder.next(scope, new long[] {1, 1}))
            .hasMessageContaining("2 tokens were given for 1 rows");
        assertThatThrownBy(() -> decoder.select(new int[] {1}))
            .isInstanceOf(IndexOutOfBoundsException.class);
        decoder.next(scope, new long[] {0});
        assertThatThrownBy(() -> decoder.next(scope, new long[] {0}))
            .hasMessageContaining("for 1 tokens only");
      }
    }
  }

  @Test
  void nothing_of_a_use_stays_with_the_model() throws IOException {
    Golden golden = Golden.load("v1_0");
    T5ArrayNetwork network = golden.network(manager);
    int before = ((BaseNDManager) manager).getManagedArrays().size();
    try (PackedNetwork packed = packed(network, golden, Packing.FLOAT32)) {
      run(packed, golden.batches().get(0));
      run(packed, golden.batches().get(0));
    }
    assertThat(((BaseNDManager) manager).getManagedArrays()).hasSize(before);
  }

  @Test
  void packed_weights_are_those_of_the_time_of_packing() throws IOException {
    Golden golden = Golden.load("v1_0");
    T5ArrayNetwork network = golden.network(manager);
    GoldenBatch batch = golden.batches().get(0);
    try (PackedNetwork packed = packed(network, golden, Packing.FLOAT32)) {
      float[] expected = run(packed, batch).get(0);
      NDArray weight =
          T5Parameters.get(
              network.parameters(), "encoder.block.0.layer.1.DenseReluDense.wo.weight");
      weight.muli(3);
      assertThat(run(packed, batch).get(0)).isEqualTo(expected);
      assertThat(network.encode(manager, batch.batch(), Dropout.NONE).states().toFloatArray())
          .isNotEqualTo(expected);
    }
  }
}
