package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import io.refract.scoring.BeamSettings;
import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.Search;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.SearchSources;
import io.refract.train.generation.internal.SourceKeys;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Generates for many sources, in {@link GenerationBatches}.
 *
 * @param network what computes
 * @param config its dimensions
 */
record BatchGeneration(ScoringNetwork network, T5Config config) {

  /**
   * Returns the sequences of each source, in the order of the sources; none for a source that was
   * not finished when the request's observer cancelled.
   *
   * @param settings how much goes through the model at once
   */
  List<List<Hypothesis>> generate(
      List<int[]> sources, GenerationSettings settings, SearchRequest request) {
    for (int i = 0; i < sources.size(); i++) {
      checkArgument(sources.get(i).length > 0, "source %s has no token", i);
    }
    ImmutableLongArray keys = new SourceKeys().next(sources);
    List<List<Hypothesis>> results =
        new ArrayList<>(Collections.nCopies(sources.size(), List.of()));
    for (List<int[]> batch : batches(settings, request).of(sources)) {
      if (request.observer().cancelled()) {
        break;
      }
      int[] first = batch.stream().mapToInt(place -> place[0]).toArray();
      List<List<Hypothesis>> generated =
          generateBatch(
              new SearchSources(
                  Arrays.stream(first).mapToObj(sources::get).toList(),
                  ImmutableIntArray.copyOf(first),
                  ImmutableLongArray.copyOf(Arrays.stream(first).mapToLong(keys::get))),
              request);
      for (int row = 0; row < first.length; row++) {
        for (int index : batch.get(row)) {
          results.set(index, generated.get(row));
        }
      }
    }
    return Collections.unmodifiableList(results);
  }

  /** Equal sources have equal results, unless they are drawn or every token is listened to. */
  private static GenerationBatches batches(GenerationSettings settings, SearchRequest request) {
    BeamSettings beams = request.decoding().beams();
    return new GenerationBatches(
        settings.batchSize(),
        settings.tokenBudget(),
        request.maxNewTokens(),
        Math.max(beams.numBeams(), beams.numReturnSequences()),
        !request.decoding().sampling().doSample() && !request.observer().wantsTokens());
  }

  private List<List<Hypothesis>> generateBatch(SearchSources batch, SearchRequest request) {
    List<int[]> sources = batch.ids();
    int length = sources.stream().mapToInt(source -> source.length).max().orElseThrow();
    long[] ids = new long[sources.size() * length];
    long[] mask = new long[ids.length];
    Arrays.fill(ids, config.padTokenId());
    for (int row = 0; row < sources.size(); row++) {
      int[] source = sources.get(row);
      for (int i = 0; i < source.length; i++) {
        ids[row * length + i] = source[i];
        mask[row * length + i] = 1;
      }
    }
    return GradMode.off(() -> generateBatch(ids, mask, batch, request));
  }

  private List<List<Hypothesis>> generateBatch(
      long[] ids, long[] mask, SearchSources batch, SearchRequest request) {
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = network.encode(scope, ids, mask, batch.size());
      try (StepDecoder decoder = network.stepDecoder(encoded, request.maxNewTokens())) {
        return Search.run(scope, decoder, batch, request);
      }
    }
  }
}
