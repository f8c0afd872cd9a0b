package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.Ints;
import io.refract.scoring.SamplingSettings;
import io.refract.train.generation.internal.Beams.Beam;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;

/**
 * Follows several sequences for each source, and keeps the best.
 *
 * <p>Source: {@code GenerationMixin._beam_search} of transformers 4.57.6. What differs: the first
 * step goes through the decoder once for each source, since its beams are all alike; a source ends
 * by itself, and no longer takes part then.
 *
 * <p>Without rules, the engine finds the best tokens of each row, and only those are copied.
 */
final class BeamSearch {

  private final NDManager scope;
  private final StepDecoder decoder;
  private final SearchSources sources;
  private final SearchRequest request;
  private final Noises noises;
  private final List<ScoreProcessor> processors;
  private final List<List<Hypothesis>> results;

  /** Gives what is added to the scores of candidates before the best are taken. */
  @FunctionalInterface
  interface Noises {

    /** Returns the noise of the source that has a key. */
    DoubleSupplier of(long key);
  }

  BeamSearch(NDManager scope, StepDecoder decoder, SearchSources sources, SearchRequest request) {
    this(scope, decoder, sources, request, noises(request));
  }

  BeamSearch(
      NDManager scope,
      StepDecoder decoder,
      SearchSources sources,
      SearchRequest request,
      Noises noises) {
    this.scope = scope;
    this.decoder = decoder;
    this.sources = sources;
    this.request = request;
    this.noises = noises;
    processors = ScoreProcessors.of(request, sources.ids());
    results = new ArrayList<>(Collections.nCopies(sources.size(), List.of()));
  }

  /**
   * With Gumbel noise the best k are a draw of k without replacement, in its order. Source: Kool et
   * al., "Stochastic Beams and Where to Find Them" (2019).
   */
  private static Noises noises(SearchRequest request) {
    SamplingSettings sampling = request.decoding().sampling();
    if (!sampling.doSample()) {
      return key -> () -> 0;
    }
    return key -> {
      RandomGenerator random = TokenChooser.random(sampling.seed(), key, 0);
      return () -> TokenChooser.gumbel(random);
    };
  }

  /** A source that is searched for. */
  private record Open(int source, Beams beams, DoubleSupplier noise) {}

  /** The scores of a step, from which the candidates of a source are taken. */
  private interface Step {

    /** Offers what a row allows. */
    void offer(TopCandidates candidates, int row, int beam, float score, DoubleSupplier noise);
  }

  List<List<Hypothesis>> run() {
    List<Open> open = new ArrayList<>();
    for (int source = 0; source < sources.size(); source++) {
      long key = sources.keys().get(source);
      open.add(new Open(source, new Beams(request, source), noises.of(key)));
    }
    int beams = 1; // rows of a source
    while (!open.isEmpty() && !request.observer().cancelled()) {
      open = advance(open, beams);
      beams = request.decoding().beams().numBeams();
    }
    return Collections.unmodifiableList(results);
  }

  private List<Open> advance(List<Open> open, int beams) {
    List<Prefix> rows = new ArrayList<>();
    for (Open source : open) {
      source.beams().running().subList(0, beams).forEach(beam -> rows.add(beam.prefix()));
    }
    List<Open> next = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    try (NDManager step = scope.newSubManager()) {
      Step scores = step(step, rows);
      for (int i = 0; i < open.size(); i++) {
        Open source = open.get(i);
        source.beams().advance(candidates(scores, source, i * beams, beams));
        if (source.beams().done()) {
          finish(source);
        } else {
          next.add(source);
          for (Beam beam : source.beams().running()) {
            parents.add(i * beams + (beams == 1 ? 0 : beam.parent()));
          }
        }
      }
    }
    if (!next.isEmpty()) {
      decoder.select(Ints.toArray(parents));
    }
    return next;
  }

  private TopCandidates candidates(Step scores, Open source, int firstRow, int rows) {
    TopCandidates candidates = new TopCandidates(Beams.candidates(request));
    List<Beam> running = source.beams().running();
    for (int beam = 0; beam < running.size(); beam++) {
      int row = firstRow + (rows == 1 ? 0 : beam);
      scores.offer(candidates, row, beam, running.get(beam).score(), source.noise());
    }
    return candidates;
  }

  private void finish(Open source) {
    List<Hypothesis> found = source.beams().hypotheses();
    results.set(source.source(), found);
    request.observer().finished(sources.numbers().get(source.source()), found);
  }

  private Step step(NDManager step, List<Prefix> rows) {
    NDArray logits = decoder.next(step, rows.stream().mapToLong(Prefix::last).toArray());
    int vocabulary = Ints.checkedCast(logits.getShape().get(1));
    ScoreProcessors.requireWithin(request.decoding().tokens(), vocabulary);
    int wanted = Beams.candidates(request);
    checkArgument(
        wanted <= (long) vocabulary * request.decoding().beams().numBeams(),
        "a vocabulary of %s tokens is too small for the %s candidates of %s beams",
        vocabulary,
        wanted,
        request.decoding().beams().numBeams());
    NDArray logProbabilities = logits.logSoftmax(1);
    boolean sampled = request.decoding().sampling().doSample();
    if (processors.isEmpty() && !sampled) {
      return best(logProbabilities, Math.min(wanted, vocabulary));
    }
    float[] scores = logProbabilities.toFloatArray();
    for (int row = 0; row < rows.size(); row++) {
      for (ScoreProcessor processor : processors) {
        processor.process(rows.get(row), scores, row * vocabulary, vocabulary);
      }
    }
    return (candidates, row, beam, score, noise) -> {
      int offset = row * vocabulary;
      for (int token = 0; token < vocabulary; token++) {
        float one = scores[offset + token];
        float total = one + score;
        double key =
            sampled && one != Float.NEGATIVE_INFINITY ? total + noise.getAsDouble() : total;
        candidates.offer(key, total, one, beam, token);
      }
    };
  }

  /** Lets the engine find the best tokens of each row. */
  private static Step best(NDArray logProbabilities, int count) {
    NDList top = logProbabilities.topK(count, 1, true, true);
    float[] values = top.get(0).toFloatArray();
    long[] tokens = top.get(1).toLongArray();
    return (candidates, row, beam, score, noise) -> {
      for (int i = row * count; i < (row + 1) * count; i++) {
        candidates.offer(
            values[i] + score, values[i] + score, values[i], beam, Ints.checkedCast(tokens[i]));
      }
    };
  }
}
