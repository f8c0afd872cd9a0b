package io.refract.train.t5;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import io.refract.scoring.Decoding;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.LabelTrie;
import io.refract.train.generation.internal.ReplayedSearch;
import io.refract.train.generation.internal.Search;
import io.refract.train.generation.internal.SearchObserver;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.SearchSources;
import io.refract.train.generation.internal.SourceKeys;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.kernel.Packing;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds every option of a decoding against generate() of Hugging Face transformers, over the random
 * cases of make_generation_fixtures.py. Ids must be equal.
 */
class GenerationParityTest {

  /** Absolute up to 1, relative above: unlikely tokens of the labels reach -20. */
  private static final double SCORE = 1e-4;

  /** Logits of about 10 differ by a few units of the fifth digit after the point. */
  private static final double PROBABILITY = 5e-5;

  private static final int VOCABULARY = 64;

  /** What computes a step. Users meet the packed forms; the other is for where none loads. */
  enum Form {
    ARRAYS(null),
    PLAIN(Packing.PLAIN),
    PACKED(Packing.FLOAT32);

    private final @Nullable Packing packing;

    Form(@Nullable Packing packing) {
      this.packing = packing;
    }

    ScoringNetwork of(T5ArrayNetwork network, T5Config config) {
      return packing == null
          ? new ArrayScoring(network)
          : PackedNetwork.of(network, config, network.parameters(), packing).orElseThrow();
    }
  }

  private static final Map<Form, Map<String, ScoringNetwork>> NETWORKS = new EnumMap<>(Form.class);
  private static NDManager manager;
  private static Fixture fixture;

  private record Fixture(Map<String, Variant> models, List<Case> cases) {}

  /** A golden checkpoint whose weights are scaled, so that outputs vary. */
  private record Variant(String checkpoint, float factor, float end) {}

  private record Case(
      String model,
      String kind,
      List<int[]> sources,
      JsonObject options,
      List<List<Output>> outputs,
      @Nullable List<int[]> labels,
      @Nullable List<Integer> ends,
      @Nullable List<List<double[][]>> distributions) {}

  private record Output(
      List<Integer> tokens,
      @SerializedName("log_probabilities") List<Double> logProbabilities,
      @Nullable Double score) {}

  @BeforeAll
  static void open() throws IOException {
    fixture =
        new Gson()
            .fromJson(Files.readString(Golden.resource("/golden/generation.json")), Fixture.class);
    manager = NDManager.newBaseManager("PyTorch");
    for (Map.Entry<String, Variant> entry : fixture.models().entrySet()) {
      Golden golden = Golden.load(entry.getValue().checkpoint());
      T5ArrayNetwork network = GradMode.off(() -> network(golden, entry.getValue()));
      for (Form form : Form.values()) {
        NETWORKS
            .computeIfAbsent(form, unused -> new HashMap<>())
            .put(entry.getKey(), form.of(network, T5Config.load(golden.directory())));
      }
    }
  }

  @AfterAll
  static void close() {
    NETWORKS.values().forEach(networks -> networks.values().forEach(ScoringNetwork::close));
    manager.close();
  }

  private static T5ArrayNetwork network(Golden golden, Variant variant) {
    T5ArrayNetwork network = golden.network(manager);
    network
        .parameters()
        .forEach(
            (name, weight) -> {
              if (name.contains("DenseReluDense")
                  || (name.contains("Attention") && !name.contains("relative"))) {
                weight.muli(variant.factor());
              }
            });
    NDArray output =
        requireNonNull(
            network
                .parameters()
                .getOrDefault(T5Parameters.OUTPUT, network.parameters().get(T5Parameters.SHARED)));
    try (NDArray end = output.get(1).mul(variant.end())) {
      output.set(new ai.djl.ndarray.index.NDIndex("1"), end);
    }
    return network;
  }

  @ParameterizedTest
  @EnumSource
  void greedy_ids_are_those_of_transformers(Form form) {
    check(form, "greedy", 140);
  }

  @ParameterizedTest
  @EnumSource
  void beam_ids_and_scores_are_those_of_transformers(Form form) {
    check(form, "beam", 300);
  }

  @ParameterizedTest
  @EnumSource
  void outputs_constrained_to_labels_are_those_of_transformers(Form form) {
    check(form, "labels", 50);
  }

  @ParameterizedTest
  @EnumSource
  void beam_sampling_without_chance_takes_the_candidates_of_transformers(Form form) {
    check(form, "beam_sample", 40);
  }

  @ParameterizedTest
  @EnumSource
  void tokens_are_drawn_from_the_distributions_of_transformers(Form form) {
    check(form, "sample", 30);
  }

  @ParameterizedTest
  @EnumSource
  void outputs_of_padded_sources_are_those_of_transformers(Form form) {
    check(form, "padded", 90);
  }

  @ParameterizedTest
  @EnumSource
  void with_several_end_tokens_outputs_are_those_of_transformers(Form form) {
    check(form, "ends", 100);
  }

  private static void check(Form form, String kind, int atLeast) {
    List<Case> cases = fixture.cases().stream().filter(c -> c.kind().equals(kind)).toList();
    assertThat(cases).hasSizeGreaterThan(atLeast);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      try {
        check(form, cases.get(i));
      } catch (AssertionError | RuntimeException e) {
        wrong.add("%s %s %s: %s".formatted(kind, i, describe(cases.get(i)), e));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String describe(Case c) {
    return c.model() + " " + c.options() + " on " + c.sources().size() + " sources";
  }

  private static void check(Form form, Case c) {
    List<List<Hypothesis>> found = GradMode.off(() -> search(form, c));
    assertThat(found).hasSameSizeAs(c.outputs());
    for (int source = 0; source < found.size(); source++) {
      List<Output> expected = c.outputs().get(source);
      assertThat(found.get(source)).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        Hypothesis hypothesis = found.get(source).get(i);
        assertThat(hypothesis.tokens().asList()).isEqualTo(expected.get(i).tokens());
        List<Double> logProbabilities = expected.get(i).logProbabilities();
        for (int step = 0; step < logProbabilities.size(); step++) {
          assertClose(hypothesis.logProbabilities().get(step), logProbabilities.get(step));
        }
        Double score = expected.get(i).score();
        double wanted =
            score != null
                ? score
                : expected.get(i).logProbabilities().stream().mapToDouble(v -> v).sum();
        assertClose(hypothesis.score(), wanted);
      }
    }
  }

  private static void assertClose(double found, double wanted) {
    assertThat(found).isCloseTo(wanted, within(SCORE * Math.max(1, Math.abs(wanted))));
  }

  private static List<List<Hypothesis>> search(Form form, Case c) {
    ScoringNetwork network = requireNonNull(requireNonNull(NETWORKS.get(form)).get(c.model()));
    Map<String, String> options = new HashMap<>();
    c.options().entrySet().forEach(e -> options.put(e.getKey(), e.getValue().toString()));
    int maxNewTokens = Integer.parseInt(requireNonNull(options.remove("max_new_tokens")));
    Decoding decoding = Decoding.ofOptions(options);
    LabelTrie trie = null;
    if (c.labels() != null) {
      List<int[]> labels = c.labels();
      decoding =
          decoding.withLabels(
              IntStream.range(0, labels.size()).mapToObj(Integer::toString).toList());
      trie = LabelTrie.of(decoding.labels(), label -> labels.get(Integer.parseInt(label)));
    }
    SearchRequest request =
        new SearchRequest(
            new GenerationConfig(0, requireNonNullElse(c.ends(), List.of(1)), 0, Map.of()),
            decoding,
            maxNewTokens,
            trie,
            true,
            SearchObserver.NONE);
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = encode(scope, network, c.sources());
      SearchSources sources =
          new SearchSources(
              c.sources(),
              ImmutableIntArray.copyOf(IntStream.range(0, c.sources().size()).toArray()),
              new SourceKeys().next(c.sources()));
      try (StepDecoder decoder = network.stepDecoder(encoded, maxNewTokens)) {
        return switch (c.kind()) {
          case "sample" ->
              ReplayedSearch.sample(
                  scope,
                  decoder,
                  sources,
                  request,
                  (sequence, step, scores, offset, vocabulary) ->
                      draw(
                          c,
                          sequence,
                          step,
                          Arrays.copyOfRange(scores, offset, offset + vocabulary)));
          case "beam_sample" -> ReplayedSearch.likeliestBeams(scope, decoder, sources, request);
          default -> Search.run(scope, decoder, sources, request);
        };
      }
    }
  }

  private static EncoderOutput encode(
      NDManager scope, ScoringNetwork network, List<int[]> sources) {
    int longest = sources.stream().mapToInt(source -> source.length).max().orElseThrow();
    long[] ids = new long[sources.size() * longest];
    long[] mask = new long[ids.length];
    for (int row = 0; row < sources.size(); row++) {
      int[] source = sources.get(row);
      for (int i = 0; i < source.length; i++) {
        ids[row * longest + i] = source[i];
        mask[row * longest + i] = 1;
      }
    }
    return network.encode(scope, ids, mask, sources.size());
  }

  /** Compares the distribution, and returns the token that transformers drew. */
  private static int draw(Case c, int sequence, int step, float[] scores) {
    double[] expected = new double[VOCABULARY];
    for (double[] entry : requireNonNull(c.distributions()).get(sequence).get(step)) {
      expected[(int) entry[0]] = entry[1];
    }
    double[] found = new double[VOCABULARY];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      found[i] = Math.exp(scores[i]);
      sum += found[i];
    }
    for (int i = 0; i < scores.length; i++) {
      found[i] /= sum;
      assertThat(found[i] > 0).as("token %s is possible", i).isEqualTo(expected[i] > 0);
    }
    assertThat(found).containsExactly(expected, within(PROBABILITY));
    return c.outputs().get(0).get(sequence).tokens().get(step);
  }
}
