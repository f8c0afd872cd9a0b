package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDManager;
import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.GreedySearch;
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
 * @param generationConfig its special tokens
 */
record BatchGeneration(ScoringNetwork network, T5Config config, GenerationConfig generationConfig) {

  /** Returns the generated ids in the order of the sources. */
  List<int[]> generate(List<int[]> sources, GenerationSettings settings) {
    for (int i = 0; i < sources.size(); i++) {
      checkArgument(sources.get(i).length > 0, "source %s has no token", i);
    }
    GenerationBatches batches =
        new GenerationBatches(
            settings.batchSize(), settings.tokenBudget(), settings.maxNewTokens(), 1, true);
    List<int[]> results = new ArrayList<>(Collections.nCopies(sources.size(), new int[0]));
    for (List<int[]> batch : batches.of(sources)) {
      List<int[]> generated =
          generateBatch(
              batch.stream().map(place -> sources.get(place[0])).toList(), settings.maxNewTokens());
      for (int row = 0; row < batch.size(); row++) {
        for (int index : batch.get(row)) {
          results.set(index, generated.get(row).clone());
        }
      }
    }
    return Collections.unmodifiableList(results);
  }

  private List<int[]> generateBatch(List<int[]> sources, int maxNewTokens) {
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
    return GradMode.off(() -> generateBatch(ids, mask, sources.size(), maxNewTokens));
  }

  private List<int[]> generateBatch(long[] ids, long[] mask, int rows, int maxNewTokens) {
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = network.encode(scope, ids, mask, rows);
      try (StepDecoder decoder = network.stepDecoder(encoded, maxNewTokens)) {
        return GreedySearch.search(scope, decoder, generationConfig, maxNewTokens);
      }
    }
  }
}
