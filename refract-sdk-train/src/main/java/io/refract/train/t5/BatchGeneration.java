package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.Search;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.SearchSources;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Generates for many sources: sorted by length and cut into batches.
 *
 * @param network what computes
 * @param config its dimensions
 */
record BatchGeneration(ScoringNetwork network, T5Config config) {

  /**
   * Returns the sequences of each source, in the order of the sources; none for a source that was
   * not finished when the request's observer cancelled.
   *
   * @param batchSize sources that go through the model at once
   */
  List<List<Hypothesis>> generate(List<int[]> sources, int batchSize, SearchRequest request) {
    for (int i = 0; i < sources.size(); i++) {
      checkArgument(sources.get(i).length > 0, "source %s has no token", i);
    }
    int[] byLength =
        IntStream.range(0, sources.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -sources.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<List<Hypothesis>> results =
        new ArrayList<>(Collections.nCopies(sources.size(), List.of()));
    for (int start = 0;
        start < byLength.length && !request.observer().cancelled();
        start += batchSize) {
      int end = Math.min(start + batchSize, byLength.length);
      int[] batch = Arrays.copyOfRange(byLength, start, end);
      List<List<Hypothesis>> generated =
          generateBatch(
              new SearchSources(
                  Arrays.stream(batch).mapToObj(sources::get).toList(),
                  ImmutableIntArray.copyOf(batch)),
              request);
      for (int row = 0; row < batch.length; row++) {
        results.set(batch[row], generated.get(row));
      }
    }
    return Collections.unmodifiableList(results);
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
