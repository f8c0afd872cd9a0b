package io.refract.train.generation.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.Ints;
import io.refract.scoring.SamplingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Follows one sequence a row, and takes the most likely token of each step or draws one.
 *
 * <p>Source: {@code GenerationMixin._sample} of transformers 4.57.6. What differs: several
 * sequences of a source share the first step.
 */
final class RowSearch {

  private final NDManager scope;
  private final StepDecoder decoder;
  private final SearchSources sources;
  private final SearchRequest request;
  private final Choosers choosers;
  private final List<ScoreProcessor> processors;
  private final int sequences;
  private final List<List<Hypothesis>> results;
  private final @Nullable Hypothesis[][] found;

  /** Gives what decides for the tokens of a sequence. */
  @FunctionalInterface
  interface Choosers {

    /** Returns the chooser of a sequence of a source; null for the most likely tokens. */
    @Nullable TokenChooser of(long key, int sequence);
  }

  RowSearch(NDManager scope, StepDecoder decoder, SearchSources sources, SearchRequest request) {
    this(scope, decoder, sources, request, choosers(request));
  }

  RowSearch(
      NDManager scope,
      StepDecoder decoder,
      SearchSources sources,
      SearchRequest request,
      Choosers choosers) {
    this.scope = scope;
    this.decoder = decoder;
    this.sources = sources;
    this.request = request;
    this.choosers = choosers;
    processors = ScoreProcessors.of(request, sources.ids());
    sequences = request.decoding().beams().numReturnSequences();
    results = new ArrayList<>(Collections.nCopies(sources.size(), List.of()));
    found = new Hypothesis[sources.size()][sequences];
  }

  private static Choosers choosers(SearchRequest request) {
    SamplingSettings sampling = request.decoding().sampling();
    if (!sampling.doSample()) {
      return (key, sequence) -> null;
    }
    return (key, sequence) ->
        TokenChooser.sampling(TokenChooser.random(sampling.seed(), key, sequence));
  }

  /** One sequence. */
  private final class Row {
    private final int sequence;
    private final Prefix prefix;
    private final @Nullable TokenChooser chooser;
    private final ImmutableDoubleArray.Builder logProbabilities = ImmutableDoubleArray.builder();
    private double sum;
    private boolean ended;

    private Row(int source, int sequence) {
      this.sequence = sequence;
      prefix = Prefix.begin(source, request.config().decoderStartTokenId());
      chooser = choosers.of(sources.keys().get(source), sequence);
    }

    private void add(int token, double logProbability) {
      prefix.add(token);
      if (request.scored()) {
        logProbabilities.add(logProbability);
        sum += logProbability;
      }
      ended = request.ends(token) || prefix.length() > request.maxNewTokens();
      request.observer().token(sources.numbers().get(prefix.source()), sequence, token, ended);
    }

    private Hypothesis hypothesis() {
      return new Hypothesis(prefix.generated(), sum, logProbabilities.build());
    }
  }

  /** What a step gave; it extends the rows of the step. */
  @FunctionalInterface
  private interface Step {

    /** Adds the next token to a sequence. */
    void extend(Row row, int index);
  }

  List<List<Hypothesis>> run() {
    List<Row> rows =
        new ArrayList<>(IntStream.range(0, sources.size()).mapToObj(i -> new Row(i, 0)).toList());
    int copies = sequences;
    while (!rows.isEmpty() && !request.observer().cancelled()) {
      Step step = step(rows);
      List<Row> next = new ArrayList<>();
      List<Integer> parents = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        for (Row row : forks(rows.get(i), copies)) {
          step.extend(row, i);
          if (row.ended) {
            finish(row);
          } else {
            next.add(row);
            parents.add(i);
          }
        }
      }
      copies = 1;
      rows = next;
      if (!rows.isEmpty()) {
        decoder.select(Ints.toArray(parents));
      }
    }
    return Collections.unmodifiableList(results);
  }

  private List<Row> forks(Row row, int copies) {
    return copies == 1
        ? List.of(row)
        : IntStream.range(0, copies).mapToObj(i -> new Row(row.prefix.source(), i)).toList();
  }

  /** Hands over the sequences of a source when the last of them has ended. */
  private void finish(Row row) {
    int source = row.prefix.source();
    found[source][row.sequence] = row.hypothesis();
    List<Hypothesis> all =
        Arrays.stream(found[source]).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    if (all.size() == sequences) {
      results.set(source, all);
      request.observer().finished(sources.numbers().get(source), all);
    }
  }

  private Step step(List<Row> rows) {
    long[] tokens = rows.stream().mapToLong(row -> row.prefix.last()).toArray();
    try (NDManager step = scope.newSubManager()) {
      NDArray logits = decoder.next(step, tokens);
      int vocabulary = Ints.checkedCast(logits.getShape().get(1));
      ScoreProcessors.requireWithin(request.decoding().tokens(), vocabulary);
      if (processors.isEmpty() && rows.get(0).chooser == null) {
        return best(logits);
      }
      float[] scores = logits.toFloatArray();
      for (int i = 0; i < rows.size(); i++) {
        for (ScoreProcessor processor : processors) {
          processor.process(rows.get(i).prefix, scores, i * vocabulary, vocabulary);
        }
      }
      return (row, index) -> choose(row, scores, index * vocabulary, vocabulary);
    }
  }

  /** Lets the engine find the most likely tokens. */
  private Step best(NDArray logits) {
    long[] tokens = logits.argMax(1).toLongArray();
    if (!request.scored()) {
      return (row, index) -> row.add(Ints.checkedCast(tokens[index]), 0);
    }
    float[] logProbabilities = logits.logSoftmax(1).max(new int[] {1}).toFloatArray();
    return (row, index) -> row.add(Ints.checkedCast(tokens[index]), logProbabilities[index]);
  }

  private void choose(Row row, float[] scores, int offset, int vocabulary) {
    TokenChooser chooser = row.chooser == null ? TokenChooser.GREEDY : row.chooser;
    int token = chooser.choose(scores, offset, vocabulary);
    if (scores[offset + token] == Float.NEGATIVE_INFINITY) {
      throw ScoreProcessors.nothingLeft();
    }
    double logProbability =
        request.scored()
            ? Softmax.of(scores, offset, vocabulary).logProbability(scores[offset + token])
            : 0;
    row.add(token, logProbability);
  }
}
