package io.refract.train.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import io.refract.train.data.Batch;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Batching;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.data.Example;
import io.refract.train.data.LoadedBatch;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.HypothesisTexts;
import io.refract.train.generation.internal.Search;
import io.refract.train.generation.internal.SearchObserver;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.SearchSources;
import io.refract.train.generation.internal.SourceKeys;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.metric.Classification;
import io.refract.train.metric.ExactMatch;
import io.refract.train.metric.Metric;
import io.refract.train.metric.Rouge;
import io.refract.train.optim.Objective;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model on examples: the loss with teacher forcing, and metrics of the texts that the
 * model generates on its own.
 *
 * <pre>{@code
 * EvaluationResult result =
 *     Evaluator.of(model).taskPrefix("triage: ").maxTargetTokens(8).evaluate(tickets.validation());
 * double share = result.metrics().get("exact_match");
 * }</pre>
 *
 * <p>The texts are those of the model's {@link T5Model#weightFormat()}; the loss is that of the
 * 32-bit weights in any case. With {@link WeightFormat#FLOAT32}, each source goes through the
 * encoder once, for loss and generation together; with another format twice, so that the texts come
 * from that format alone. With {@link WeightFormat#INT8} they depend on the batch size, because
 * inputs of a batch are quantized together.
 *
 * <p>Examples are sorted by length and cut into batches; nothing of a batch is kept but its sum of
 * losses and its texts.
 *
 * <p>Every setter checks its value at once. An evaluator belongs to one thread and can evaluate
 * several times.
 */
public final class Evaluator {

  /** What the loss is called among the values. */
  private static final String LOSS = "loss";

  /** How many examples metrics are tried on. */
  private static final int TRIED = 100;

  private final T5Model model;
  private final List<Metric> metrics = new ArrayList<>();
  private final List<ProgressListener> listeners = new ArrayList<>();
  private String taskPrefix = "";
  private int maxSourceTokens = 512;
  private int maxTargetTokens = 128;
  private int batchSize = 16;
  private boolean generates = true;
  private @Nullable Decoding decoding;
  private @Nullable Prepared prepared;

  private Evaluator(T5Model model) {
    this.model = model;
  }

  /** Returns an evaluator of a model, which stays the caller's to close. */
  public static Evaluator of(T5Model model) {
    return new Evaluator(requireNonNull(model, "model"));
  }

  /** Sets what is put in front of every source, its trailing space included; default empty. */
  public Evaluator taskPrefix(String value) {
    taskPrefix = requireNonNull(value, "taskPrefix");
    return this;
  }

  /** Sets the tokens after which a source is cut, end-of-sequence included; default 512. */
  public Evaluator maxSourceTokens(int value) {
    maxSourceTokens = atLeastOne("max source tokens", value);
    return this;
  }

  /**
   * Sets the tokens after which a target is cut, and how many are generated at most, in both cases
   * end-of-sequence included; default 128, at most {@link GenerationSettings#MOST_NEW_TOKENS} where
   * texts are generated. Metrics compare with the whole target.
   */
  public Evaluator maxTargetTokens(int value) {
    maxTargetTokens = atLeastOne("max target tokens", value);
    return this;
  }

  /** Sets how many examples go through the model at once; default 16. */
  public Evaluator batchSize(int value) {
    batchSize = atLeastOne("batch size", value);
    return this;
  }

  /** Adds a metric; without any, exact match and all of ROUGE are computed. */
  public Evaluator metric(Metric value) {
    metrics.add(requireNonNull(value, "metric"));
    return this;
  }

  /**
   * Sets how texts are generated; by default as the checkpoint says, which is greedily when it says
   * nothing. Of several sequences, the best counts.
   */
  public Evaluator decoding(Decoding value) {
    decoding = value.requireConsistent();
    return this;
  }

  /** Computes the loss only and generates nothing, which is much faster. */
  public Evaluator lossOnly() {
    generates = false;
    return this;
  }

  /** Adds a listener that hears of every batch. */
  public Evaluator progress(ProgressListener value) {
    listeners.add(requireNonNull(value, "progress"));
    return this;
  }

  private static int atLeastOne(String name, int value) {
    checkArgument(value >= 1, "%s must be at least 1 but was %s", name, value);
    return value;
  }

  /**
   * Encodes examples now, and keeps them for the evaluations of the same data set that follow with
   * the same prefix and limits.
   *
   * @param dataset the examples
   * @return their token ids
   */
  public EncodedDataset prepare(Dataset dataset) {
    Prepared kept = prepared;
    if (kept == null
        || kept.dataset != dataset
        || !kept.settings.equals(List.of(taskPrefix, maxSourceTokens, maxTargetTokens))) {
      EncodedDataset encoded =
          EncodedDataset.encode(
              dataset,
              model.tokenizer(),
              taskPrefix,
              maxSourceTokens,
              maxTargetTokens,
              ProgressListener.none());
      kept = new Prepared(dataset, List.of(taskPrefix, maxSourceTokens, maxTargetTokens), encoded);
      prepared = kept;
    }
    return kept.encoded;
  }

  /** Examples that were encoded before, and how. */
  private record Prepared(Dataset dataset, List<Object> settings, EncodedDataset encoded) {}

  /**
   * Evaluates.
   *
   * @param dataset the examples
   * @return what was measured
   * @throws IllegalArgumentException if a metric cannot measure them, or more tokens are to be
   *     generated than can be
   */
  public EvaluationResult evaluate(Dataset dataset) {
    checkTokens();
    return GradMode.off(() -> measure(dataset));
  }

  /**
   * Tries the metrics on a data set without the model, and returns the names of what {@link
   * #evaluate} would measure, in their order. References stand for predictions: those of the first
   * {@value #TRIED} examples, and for a {@link Classification}, which knows its labels, all.
   *
   * @param dataset the examples
   * @throws IllegalArgumentException if a metric cannot measure them, for example because a target
   *     is none of its labels, or more tokens are to be generated than can be
   */
  public Set<String> metricNames(Dataset dataset) {
    checkTokens();
    Set<String> names = new LinkedHashSet<>();
    names.add(LOSS);
    if (generates) {
      List<Example> examples = dataset.examples();
      List<Example> first = examples.subList(0, Math.min(TRIED, examples.size()));
      for (Metric metric : metricsOrDefault()) {
        boolean all = metric instanceof Classification;
        List<String> references = (all ? examples : first).stream().map(Example::target).toList();
        names.addAll(metric.compute(references, references).keySet());
      }
    }
    return Collections.unmodifiableSet(names);
  }

  private void checkTokens() {
    checkArgument(
        !generates || maxTargetTokens <= GenerationSettings.MOST_NEW_TOKENS,
        "max target tokens must be at most %s to generate, but are %s",
        GenerationSettings.MOST_NEW_TOKENS,
        maxTargetTokens);
  }

  private EvaluationResult measure(Dataset dataset) {
    long start = System.nanoTime();
    List<Example> examples = dataset.examples();
    Pass pass = new Pass(dataset);
    pass.run();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(LOSS, pass.lossSum / pass.targetTokens);
    List<String> predictions = generates ? Arrays.asList(pass.predictions) : List.of();
    if (generates) {
      List<String> references = examples.stream().map(Example::target).toList();
      metricsOrDefault().forEach(m -> values.putAll(m.compute(predictions, references)));
    }
    return new EvaluationResult(
        values, examples.size(), Duration.ofNanos(System.nanoTime() - start), predictions);
  }

  private List<Metric> metricsOrDefault() {
    return metrics.isEmpty() ? List.of(new ExactMatch(), Rouge.all()) : metrics;
  }

  /** One pass over the examples. */
  private final class Pass {

    private final T5Network network = T5Access.network(model);
    private final EncodedDataset encoded;
    private final String[] predictions;
    private final @Nullable SearchRequest request;
    private final SourceKeys keys = new SourceKeys();
    private double lossSum;
    private long targetTokens;

    private Pass(Dataset dataset) {
      encoded = prepare(dataset);
      predictions = new String[dataset.size()];
      request = generates ? request() : null;
    }

    private SearchRequest request() {
      Decoding given = decoding == null ? model.generationConfig().decoding() : decoding;
      return SearchRequest.of(
          model.generationConfig(),
          given.withNumReturnSequences(1),
          maxTargetTokens,
          label -> model.tokenizer().encode(label, Integer.MAX_VALUE),
          false,
          SearchObserver.NONE);
    }

    private void run() {
      int done = 0;
      try (ScoringNetwork scoring = T5Access.scoring(model);
          BatchStream batches =
              BatchLoader.of(encoded, Batching.defaults().withBatchSize(batchSize), 0)
                  .evaluation()) {
        while (batches.hasNext()) {
          LoadedBatch loaded = batches.next();
          evaluate(scoring, loaded);
          done += loaded.batch().rows();
          report(done);
        }
      }
    }

    private void evaluate(ScoringNetwork scoring, LoadedBatch loaded) {
      Batch batch = loaded.batch();
      try (NDManager scope = network.manager().newSubManager()) {
        EncoderOutput sources = network.encode(scope, batch, Dropout.NONE);
        lossSum += lossSum(scope, sources, batch);
        targetTokens += batch.targetTokens();
        if (request != null) {
          generate(
              scoring,
              scope,
              scoring.isFloat32()
                  ? sources
                  : scoring.encode(scope, batch.inputIds(), batch.attentionMask(), batch.rows()),
              loaded,
              request);
        }
      }
    }

    /** What the decoder computes from the real targets is freed before anything is generated. */
    private double lossSum(NDManager scope, EncoderOutput sources, Batch batch) {
      try (NDManager forced = scope.newSubManager()) {
        NDArray states = sources.states().reshape(sources.states().getShape());
        states.attach(forced);
        EncoderOutput view = new EncoderOutput(states, sources.mask());
        return network.lossSum(view, batch, Dropout.NONE, Objective.CROSS_ENTROPY).getFloat();
      }
    }

    private void generate(
        ScoringNetwork scoring,
        NDManager scope,
        EncoderOutput sources,
        LoadedBatch loaded,
        SearchRequest wanted) {
      int[] examples = loaded.examples();
      SearchSources rows =
          new SearchSources(
              loaded.batch().sources(),
              ImmutableIntArray.copyOf(examples),
              keys.next(loaded.batch().sources()));
      try (StepDecoder decoder = scoring.stepDecoder(sources, maxTargetTokens)) {
        List<Hypothesis> found =
            Search.run(scope, decoder, rows, wanted).stream().map(all -> all.get(0)).toList();
        List<String> texts = HypothesisTexts.of(model.tokenizer(), wanted.labels(), found);
        for (int row = 0; row < examples.length; row++) {
          predictions[examples[row]] = texts.get(row);
        }
      }
    }

    private void report(int done) {
      String note = String.format(Locale.ROOT, "loss %.4f", lossSum / targetTokens);
      ProgressEvent event = new ProgressEvent("evaluation", done, encoded.size(), "examples", note);
      listeners.forEach(listener -> listener.onProgress(event));
    }
  }
}
